/**
 * Whose role acts on instances. Sources: Amazon EC2 User Guide, "Use an IAM role to grant permissions to applications running on Amazon EC2 instances" (an
 * instance profile holds the role), "Store instance launch parameters in Amazon EC2 launch templates" (what the instance names itself counts); Amazon EC2
 * Auto Scaling User Guide, "Launch templates", "Launch configurations", "Auto Scaling groups with multiple instance types".
 */
import assert from "node:assert/strict";

import { StackGraph } from "../../../analysis/graph";
import { accessPaths, accessPlaces } from "../../../analysis/reach/access";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../../policy-pack/support";

const ACCOUNT = "111122223333";
const provider = { region: "us-east-1", allowedAccountIds: JSON.stringify([ACCOUNT]) };
const of = (
  type: string,
  name: string,
  props: Record<string, unknown> = {},
  references: Sample["references"] = {},
): Sample => ({ ...{ type: `aws:${type}`, name, provider, props, references } });

/** A role with a profile, which may send to a queue. */
const role = (name: string): readonly Sample[] => [
  of("iam/role:Role", name, { name, assumeRolePolicy: "{}" }),
  of(
    "iam/rolePolicy:RolePolicy",
    `${name}-own`,
    {
      role: name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
      }),
    },
    { role: [name] },
  ),
  of(
    "iam/instanceProfile:InstanceProfile",
    `${name}-profile`,
    { name: `${name}-profile`, role: name },
    { role: [name] },
  ),
];

const PROFILE = { iamInstanceProfile: ["worker-profile"] };
const template = (profile: unknown = { name: UNKNOWN_TEXT }, references = PROFILE) =>
  of(
    "ec2/launchTemplate:LaunchTemplate",
    "template",
    { name: "workers", iamInstanceProfile: profile },
    references,
  );
const NONE = {} as typeof PROFILE;
const group = (props: Record<string, unknown>, references: Sample["references"] = {}) =>
  of("autoscaling/group:Group", "group", props, references);
const NAMED = "mixedInstancesPolicy";

/** Who may send to the queue, each with its role. */
function callers(...samples: Sample[]): string[] {
  const graph = StackGraph.of(
    stackOf([of("sqs/queue:Queue", "jobs", { name: "jobs" }), ...role("worker"), ...samples]),
  );
  const places = accessPlaces(graph).from.map(({ label }) => label);
  return accessPaths(graph)
    .filter(({ verdict }) => verdict === "reachable")
    .map(({ from, role: as }) => {
      assert.ok(places.includes(from.label), from.label);
      return `${from.label} as ${as!.name}`;
    })
    .sort();
}

describe("reach: roles of instances", () => {
  it("an Auto Scaling group acts by its launch template's profile", () => {
    const byReference = group({ launchTemplate: { id: UNKNOWN_TEXT } }, { launchTemplate: ["template"] }); // prettier-ignore
    assert.deepEqual(callers(template(), byReference), ["group as worker"]);
    const byName = group({ launchTemplate: { name: "workers" } });
    assert.deepEqual(callers(template({ name: "worker-profile" }, NONE), byName), [
      "group as worker",
    ]);
    const arn = `arn:aws:iam::${ACCOUNT}:instance-profile/path/worker-profile`;
    const mixed = group({ [NAMED]: { launchTemplate: {} } }, { [NAMED]: ["template"] });
    assert.deepEqual(callers(template({ arn }, NONE), mixed), ["group as worker"]);
    const specification = { launchTemplateSpecification: { launchTemplateName: "workers" } };
    const mixedByName = group({ [NAMED]: { launchTemplate: specification } });
    assert.deepEqual(callers(template(), mixedByName), ["group as worker"]);
  });

  it("or by its launch configuration's", () => {
    const configuration = of("ec2/launchConfiguration:LaunchConfiguration", "configuration", {
      iamInstanceProfile: "worker-profile",
    });
    const own = group({ launchConfiguration: UNKNOWN_TEXT }, { launchConfiguration: ["configuration"] }); // prettier-ignore
    assert.deepEqual(callers(configuration, own), ["group as worker"]);
  });

  it("an instance acts by its own profile, else by its template's", () => {
    const instance = (own: Record<string, unknown>) =>
      of(
        "ec2/instance:Instance",
        "server",
        { launchTemplate: { id: UNKNOWN_TEXT }, ...own },
        { launchTemplate: ["template"] },
      );
    assert.deepEqual(callers(template(), instance({})), ["server as worker"]);
    const other = callers(
      ...[template(), ...role("other")],
      instance({ iamInstanceProfile: "other-profile" }),
    );
    assert.deepEqual(other, ["server as other"]);
  });

  it("spot requests and fleets act by theirs", () => {
    const arn = `arn:aws:iam::${ACCOUNT}:instance-profile/worker-profile`;
    const fleet = of("ec2/spotFleetRequest:SpotFleetRequest", "fleet", {
      launchSpecifications: [{ iamInstanceProfileArn: arn, instanceType: "other-profile" }],
    });
    assert.deepEqual(callers(fleet, ...role("other")), ["fleet as worker"]);
    const request = of("ec2/spotInstanceRequest:SpotInstanceRequest", "request", {
      iamInstanceProfile: "worker-profile",
    });
    assert.deepEqual(callers(request), ["request as worker"]);
    const configs = [{ launchTemplateSpecification: { launchTemplateId: UNKNOWN_TEXT } }];
    const byTemplate = of("ec2/fleet:Fleet", "fleet", { launchTemplateConfigs: configs }, { launchTemplateConfigs: ["template"] }); // prettier-ignore
    assert.deepEqual(callers(template(), byTemplate), ["fleet as worker"]);
  });

  it("a template that nothing of the plan uses acts itself, as another stack may use it", () => {
    assert.deepEqual(callers(template()), ["template as worker"]);
    assert.deepEqual(
      callers(template({}, NONE), group({ launchTemplate: { name: "workers" } })),
      [],
    );
  });
});
