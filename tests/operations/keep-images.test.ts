import assert from "node:assert/strict";

import { main } from "../../operations/keep-images";
import { type Platform, platformOf } from "../../operations/platform";
import { previewStack } from "../../tools/preview/index";
import { ChangedStack } from "../support/changed-stack";
import { stage } from "./world";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const MANIFEST = '{"schemaVersion":2}';
const service = (key: string, reference: string | undefined) => ({
  key,
  serviceName: `crm-${key}-service`,
  containerName: key,
  logGroupName: `/ecs/crm-${key}-service`,
  exec: false,
  image: reference === undefined ? undefined : { repository: `crm-${key}`, reference },
});
const PLATFORM: Platform = {
  stack: "production",
  region: "us-east-1",
  clusterName: "crm-production",
  alarmPrefix: "crm-",
  namedAlarms: [],
  foreignPrefixes: [],
  services: [service("auth", DIGEST), service("core", "1.4.2"), service("social", undefined)],
  otherImages: [
    { key: "crm:database.task", image: { repository: "crm-database-task", reference: "17" } },
  ],
  releasedPrefix: "released-",
  ports: { database: 5432, cache: 6379 },
};

/** Answers as `aws ecr` prints them, by tags that an image has. */
async function kept(tags: readonly string[], args: readonly string[] = []) {
  const { world, lines } = stage({});
  const asked: string[][] = [];
  const output = (_program: string, words: readonly string[]) => {
    asked.push([...words]);
    return JSON.stringify({
      imageDetails: [{ imageDigest: DIGEST, imageTags: tags }],
      images: [{ imageManifest: MANIFEST, imageManifestMediaType: "application/x" }],
    });
  };
  const code = await main(args, { ...world, output, platform: PLATFORM });
  return { code, asked, lines };
}

describe("npm run keep-images", () => {
  it("gives each image of the stack's repositories the tag that is never deleted", async () => {
    const { code, asked, lines } = await kept(["1.4.2"]);
    assert.equal(code, 0);
    assert.deepEqual(lines, [
      "auth: released-0123456789ab given",
      "core: released-0123456789ab given",
      "social: no image in a repository of the stack",
      "crm:database.task: released-0123456789ab given",
    ]);
    const put = asked.filter(([, command]) => command === "put-image");
    assert.equal(put.length, 3);
    for (const word of ["crm-auth", "released-0123456789ab", DIGEST, MANIFEST, "us-east-1"]) {
      assert.ok(put[0]!.includes(word), word);
    }
    assert.ok(asked.some((words) => words.includes("imageTag=1.4.2")));
    assert.ok(put[2]!.includes("crm-database-task"));
  });

  it("does not change an image that has the tag", async () => {
    const { asked, lines } = await kept(["released-0123456789ab"], ["auth"]);
    assert.deepEqual(lines, ["auth: released-0123456789ab is there"]);
    assert.deepEqual(
      asked.map(([, command]) => command),
      ["describe-images"],
    );
  });

  it("knows the image of each repository that the stack creates", async () => {
    const stack = new ChangedStack();
    const cwd = stack.project((config) => {
      config["crm:database"].task = { image: DIGEST };
      config["crm:cluster"].collector = { image: DIGEST };
      for (const one of Object.values<Record<string, unknown>>(config["crm:services"])) {
        one["image"] = DIGEST;
      }
    });
    const plan = await previewStack({ cwd, policyPacks: [] });
    const repositories = plan.resources
      .filter(({ type }) => type === "aws:ecr/repository:Repository")
      .map(({ inputs }) => String(inputs["name"]));
    const { services, otherImages } = platformOf("production", cwd);
    stack.remove();
    const kept = [...services, ...otherImages].flatMap(({ image }) => image?.repository ?? []);
    assert.ok(repositories.length > services.length + 1);
    assert.deepEqual(kept.sort(), repositories.sort());
  });

  it("knows an image of its own by a full reference, and leaves those of others", () => {
    const stack = new ChangedStack();
    const own = (account: string, region: string) =>
      `${account}.dkr.ecr.${region}.amazonaws.com/crm-auth`;
    const home = own("123456789012", "us-east-1");
    const found = (image: string) => {
      const cwd = stack.project((config) => {
        config["crm:cluster"].requireImageDigest = false;
        (config["crm:services"] as Record<string, any>)["auth"].image = image; // any: a stack file
      });
      return platformOf("production", cwd).services.find(({ key }) => key === "auth")!.image;
    };
    const repository = "crm-auth";
    assert.deepEqual(found(`${home}@${DIGEST}`), { repository, reference: DIGEST });
    assert.deepEqual(found(`${home}:1.4`), { repository, reference: "1.4" });
    for (const other of [
      own("999999999999", "us-east-1"),
      own("123456789012", "us-west-2"),
      `${home}-other`,
      `${home}/other`,
      "docker.io/library/nginx",
    ])
      assert.equal(found(`${other}@${DIGEST}`), undefined, other);
    stack.remove();
  });

  // ECR User Guide, lifecycle policies: what no rule keeps is deleted, and Lambda then fails each call.
  it("knows the images of functions in the stack's repositories", () => {
    const stack = new ChangedStack();
    const whole = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    const cwd = stack.project((config) => {
      // any: a stack file
      const functions = config["crm:eventing"].functions as Record<string, any>;
      const first = { ...Object.values(functions)[0], triggers: {} };
      delete first.runtime;
      delete first.handler;
      functions["reader"] = { ...first, image: `core@${DIGEST}` };
      functions["whole"] = { ...first, image: `${whole}/crm-auth@${DIGEST}` };
      functions["other"] = { ...first, image: `${whole}/team/reader@${DIGEST}` };
    });
    const { otherImages } = platformOf("production", cwd);
    stack.remove();
    assert.deepEqual(otherImages, [
      {
        key: "crm:eventing.functions.reader",
        image: { repository: "crm-core", reference: DIGEST },
      },
      { key: "crm:eventing.functions.whole", image: { repository: "crm-auth", reference: DIGEST } },
    ]);
  });

  it("fails where an image is not there, before anything is deployed", async () => {
    const { world } = stage({});
    const output = () => {
      throw new Error("ImageNotFoundException");
    };
    assert.equal(await main([], { ...world, output, platform: PLATFORM }), 1);
  });
});
