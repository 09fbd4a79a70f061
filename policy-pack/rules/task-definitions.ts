/** Task definitions: containers, roles, namespaces, volumes. */
import { isRecord, known, read, shown, UNKNOWN } from "../../analysis/properties";
import {
  type Controls,
  expect,
  isNotTrue,
  isTrue,
  type Report,
  resourceRule,
  type Rule,
  type RuleInfo,
  stackRule,
  type Subject,
} from "../define";
import { records } from "../lists";
import { isText } from "../relations";
import { containerEnvironment } from "./container-environment";

const GUIDE = "https://docs.aws.amazon.com/securityhub/latest/userguide";
const TASK = "aws:ecs/taskDefinition:TaskDefinition";

/** One container of a task. */
export interface Container {
  /** Name, else place in the list. */
  readonly label: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The containers of a task definition; unreadable definitions are violations, unknown ones are reported. */
export function containersOf(subject: Pick<Subject, "properties">, report: Report): Container[] {
  const given = known(subject.properties["containerDefinitions"]);
  if (given === UNKNOWN) {
    report.undecided("containerDefinitions");
    return [];
  }
  let parsed: unknown = given;
  if (typeof given === "string") {
    try {
      parsed = JSON.parse(given);
    } catch {
      report.violation("containerDefinitions is not valid JSON; fix it.");
      return [];
    }
  }
  if (!Array.isArray(parsed)) {
    report.violation("containerDefinitions is not a list; fix it.");
    return [];
  }
  return parsed.filter(isRecord).map((definition, index) => {
    const name = read(definition, "name");
    return { label: typeof name === "string" ? name : String(index), definition };
  });
}

/** A rule about settings of a task, or of each of its containers; the first control's page says why. */
type SettingRule = Omit<RuleInfo<object>, "url" | "defaults"> & {
  readonly controls: Controls & { readonly securityHub: readonly [string] };
  readonly of: "task" | "container";
  readonly properties: readonly string[];
  readonly accepts: (value: unknown) => boolean;
  /** Completes the sentence of a violation. */
  readonly fix: string;
};

const SETTINGS: readonly SettingRule[] = [
  {
    id: "ecs-task-non-privileged",
    description: "No container is privileged.",
    severity: "high",
    controls: { securityHub: ["ECS.4"], checkov: ["CKV_AWS_334"] },
    of: "container",
    properties: ["privileged"],
    accepts: isNotTrue,
    fix: "set it to false",
    remediation: "Remove privileged.",
  },
  {
    id: "ecs-task-readonly-rootfs",
    description: "A container's root file system is read-only.",
    severity: "high",
    controls: { securityHub: ["ECS.5"], checkov: ["CKV_AWS_336"] },
    of: "container",
    properties: ["readonlyRootFilesystem"],
    accepts: isTrue,
    fix: "set it to true",
    remediation:
      "Set readonlyRootFilesystem to true, and add tmpfs where the container must write.",
  },
  {
    id: "ecs-task-non-root",
    description: "No container runs as root.",
    severity: "medium",
    controls: { securityHub: ["ECS.20"] },
    of: "container",
    properties: ["user"],
    accepts: (user) => isText(user) && !/^(root|0+)(:|$)/.test(user as string),
    fix: 'set it to an unprivileged user, for example "1000:1000"',
    remediation: 'Set user, for example to "1000:1000".',
  },
  {
    id: "ecs-task-no-host-namespaces",
    description: "A task does not share the host's process or IPC namespace.",
    severity: "high",
    controls: { securityHub: ["ECS.3"], checkov: ["CKV_AWS_335"] },
    of: "task",
    properties: ["pidMode", "ipcMode"],
    accepts: (mode) => mode !== "host",
    fix: "remove it",
    remediation: "Remove pidMode and ipcMode.",
  },
  {
    id: "ecs-task-awsvpc",
    description: "A task has its own network interface and security groups.",
    severity: "medium",
    controls: { securityHub: ["ECS.17"] },
    of: "task",
    properties: ["networkMode"],
    accepts: (mode) => mode === "awsvpc",
    fix: 'set it to "awsvpc"',
    remediation: 'Set networkMode to "awsvpc".',
  },
  {
    id: "ecs-task-logging",
    description: "A container's output is logged.",
    severity: "high",
    controls: { securityHub: ["ECS.9"], cdkNag: ["ECS7"] },
    of: "container",
    properties: ["logConfiguration.logDriver"],
    accepts: (driver) => isText(driver) && driver !== "none",
    fix: 'set it to "awslogs"',
    remediation: "Set logConfiguration with a logDriver.",
  },
];

function settingRule({ of, properties, accepts, fix, ...info }: SettingRule): Rule {
  return resourceRule({
    ...info,
    url: `${GUIDE}/ecs-controls.html#${info.controls.securityHub[0].toLowerCase().replace(".", "-")}`,
    types: [TASK],
    check(subject, report) {
      for (const property of properties) {
        if (of === "task") {
          expect(subject, report, property, accepts, fix);
          continue;
        }
        for (const { label, definition } of containersOf(subject, report)) {
          const value = read(definition, property);
          if (value === UNKNOWN) {
            report.undecided(`${property} of the container ${label}`);
          } else if (!accepts(value)) {
            const is = shown(value, property);
            report.violation(`${property} of the container ${label} is ${is}; ${fix}.`);
          }
        }
      }
    },
  });
}

interface Images {
  /** Whether a digest is required; if not, a tag other than `latest` is enough. */
  readonly requireDigest: boolean;
}

const imagePinned = resourceRule<Images>({
  id: "ecs-task-image-pinned",
  description: "A container's image is pinned by its digest, so that the tested image runs.",
  severity: "medium",
  remediation: "Append the digest: `repository@sha256:...`.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html",
  defaults: { requireDigest: true },
  types: [TASK],
  check(subject, report, { requireDigest }) {
    for (const { label, definition } of containersOf(subject, report)) {
      const image = read(definition, "image");
      if (image === UNKNOWN) {
        report.undecided(`image of the container ${label}`);
      } else if (typeof image !== "string" || !isPinned(image, requireDigest)) {
        const fix = requireDigest ? "append @sha256:<digest>" : "name a tag other than latest";
        report.violation(`image of the container ${label} is not pinned; ${fix}.`);
      }
    }
  },
});

function isPinned(image: string, requireDigest: boolean): boolean {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) {
    return true;
  }
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  return !requireDigest && tag !== undefined && tag !== "latest";
}

const efsEncrypted = resourceRule({
  id: "ecs-task-efs-encrypted-in-transit",
  description: "A task's EFS traffic is encrypted in transit.",
  severity: "medium",
  controls: { securityHub: ["ECS.18"], checkov: ["CKV_AWS_97"], trivy: ["AWS-0035"] },
  remediation: 'Set efsVolumeConfiguration.transitEncryption to "ENABLED".',
  url: `${GUIDE}/ecs-controls.html#ecs-18`,
  types: [TASK],
  check(subject, report) {
    records(subject.properties["volumes"], "volumes", report).forEach((volume, index) => {
      const property = `volumes[${index}].efsVolumeConfiguration`;
      if (read(volume, "efsVolumeConfiguration") !== undefined) {
        const enabled = (value: unknown) => value === "ENABLED";
        const path = `${property}.transitEncryption`;
        expect(subject, report, path, enabled, 'set it to "ENABLED"');
      }
    });
  },
});

const ROLE = "aws:iam/role:Role";

const rolesDistinct = stackRule({
  id: "ecs-task-roles-distinct",
  description: "A task's code does not have the execution role, which reads the task's secrets.",
  severity: "medium",
  controls: { checkov: ["CKV_AWS_249"] },
  remediation: "Give taskRoleArn a role of its own.",
  url: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-roles.html",
  check(graph, reportOn) {
    for (const task of graph.ofType(TASK)) {
      const [own, starting] = ["taskRoleArn", "executionRoleArn"].map((property) =>
        read(task.properties, property),
      );
      if (own === undefined || starting === undefined) {
        continue;
      }
      if (own !== UNKNOWN && starting !== UNKNOWN) {
        if (own === starting) {
          reportOn(task).violation("taskRoleArn equals executionRoleArn; use two roles.");
        }
        continue;
      }
      const roles = ["taskRoleArn", "executionRoleArn"].map((property) =>
        graph.referred(task, property, ROLE),
      );
      const [ownRoles, startingRoles] = roles;
      if (ownRoles === UNKNOWN || startingRoles === UNKNOWN) {
        reportOn(task).undecided("taskRoleArn or executionRoleArn");
      } else if (ownRoles!.some((role) => startingRoles!.includes(role))) {
        reportOn(task).violation("taskRoleArn equals executionRoleArn; use two roles.");
      }
    }
  },
});

export const taskDefinitionRules: readonly Rule[] = [
  ...SETTINGS.map(settingRule),
  containerEnvironment(containersOf),
  rolesDistinct,
  efsEncrypted,
  imagePinned,
];
