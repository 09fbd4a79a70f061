/** `npm run failover`: a region is lost; restores the platform in the recovery region. */
import { showCommand } from "../../analysis/account-quotas";
import { derive, hours, type Finding } from "../../analysis/recovery/objectives";
import { quotaNeeds } from "../../analysis/recovery/quotas";
import { text, value } from "../../analysis/recovery/resources";
import { hasPilotLight } from "../../analysis/recovery/stand-in";
import { DETECT, minutesOf, RESERVE } from "../../analysis/recovery/steps";
import { noticedAfter } from "../../analysis/recovery/watch";
import { expectedText } from "../../facts/problem-text";
import { UsageError } from "../platform";
import {
  act,
  check,
  commit,
  HOLD,
  newestBackup,
  ofAllPages,
  ON_MAIN,
  prints,
  printsSomething,
  prove,
  RESTORED_FROM,
  SERVING,
  set,
  shell,
  signedIn,
  SKIP_BACKUP,
  today,
  up,
  wait,
  describeInstance,
} from "./commands";
import { afterwardsSteps, databaseOf } from "./failover-afterwards";
import { imageChecks } from "./image-checks";
import { namedOf, type BookPlan, type Named, type StatePlace } from "./names";
import { bucketsOf } from "./restore-objects";
import { withDatabase, type WithDatabase } from "./state-follows";
import type { Command, Part, Runbook, Step } from "./step";

/** Who is lost and who takes over. */
interface Pair {
  readonly home: WithDatabase;
  readonly standby: Named;
  /** Region of the copies. */
  readonly region: string;
  readonly project: string;
  readonly state: StatePlace;
  /** Whether the standby stands already, with a replica; else it is made now. */
  readonly stands: boolean;
  /** Minutes of each step of the recovery that `npm run recovery` counts with. */
  readonly minutes: (name: string) => number;
}

/** Where a session is needed: 401 says that the service answers. */
const WITH_SESSION = "/v1/opportunities";

/** Answers of Route 53 while us-east-1 is lost; a wrong request or a missing permission is none of them. */
const NO_CHANGES_NOW =
  /ServiceUnavailable|InternalFailure|InternalError|Throttling|PriorRequestNotComplete|\(50\d\)|Could not connect|[Tt]ime(d )?out|Connection was closed/;

/** What is made in us-east-1 alone and is not needed at once. */
const WAITS = ["budgets", "costexplorer"];

export function failover(homePlan: BookPlan, standbyPlan: BookPlan, state: StatePlace): Runbook {
  const home = withDatabase(namedOf(homePlan));
  const standby = namedOf(standbyPlan);
  if (home.copyRegion === undefined) {
    const expected = "a stack with copies in another region (crm:recovery)";
    throw new UsageError(expectedText("--stack", expected, home.stackName));
  }
  const lost = derive(home.stack).findings.filter(({ scenario }) => scenario === "region lost");
  const way = lost.find(({ store }) => store === home.id);
  const minutes = (name: string) => way?.steps.find((step) => step.name === name)?.minutes ?? 0;
  const pair: Pair = {
    ...{ home, standby, state, minutes, stands: hasPilotLight(home.stack) },
    ...{ region: home.copyRegion, project: homePlan.project },
  };
  const parts: Part[] = [
    { id: "now", first: 1, steps: nowSteps(pair) },
    { id: "look", first: 6, after: "now", steps: [lookStep(pair)] },
    { id: "hold", first: 7, after: "look", steps: [holdStep(pair)] },
    {
      id: "afterwards",
      first: 1,
      steps: afterwardsSteps({ ...pair, options: updateOptions(standby) }),
    },
  ];
  return {
    ...{ command: "failover", stack: home.stackName, page: "region-loss.md", parts },
    // Asked of the region that is there.
    before: [signedIn({ ...home, region: pair.region })],
    figures: way === undefined ? {} : figuresOf(pair, lost, way, parts),
    cases: { lost: ["now", "look", "hold"], hold: ["hold"], afterwards: ["afterwards"] },
    questions: {},
  };
}

/** What the page says of the time around the steps: from the same derivation as theirs. */
function figuresOf(
  { home, region, minutes }: Pair,
  lost: readonly Finding[],
  { objective, lossMinutes }: Finding,
  parts: readonly Part[],
): Record<string, string> {
  const uploads = lost.find(({ store }) => store === bucketsOf(home.stack).bucket)?.lossMinutes;
  const told = [
    ...(lossMinutes === undefined ? [] : [`the database's ${hours(lossMinutes)}`]),
    ...(uploads === undefined ? [] : [`uploads ${hours(uploads)}`]),
  ].join(", ");
  const sum = parts
    .filter(({ id }) => id === "now" || id === "look")
    .flatMap(({ steps }) => steps)
    .reduce((total, step) => total + step.minutes, 0);
  const called = minutes(DETECT);
  return {
    promise: `Use this runbook when production's region is down and does not recover in time. The platform is restored in ${region} within ${hours(objective.restoreMinutes)} (RTO), and at most the last ${hours(objective.lossMinutes)} of data are lost (RPO; usually ${told}).`,
    call: `The alarm \`${noticedAfter(home.stack, region)?.alarm}\` fires: the platform's health check from ${region} fails. It fires ${called} minutes after the loss. It also fires if the health check itself is broken; step 1 shows which.`,
    sum: `The steps take ${sum} minutes. \`npm run recovery\` adds the ${called} minutes until the alarm fires, and a reserve of ${minutes(RESERVE)} minutes, because published reports show longer times for step 5.`,
  };
}

function nowSteps(pair: Pair): Step[] {
  return [seeStep(pair), decideStep(pair), stateStep(pair), previewStep(pair), upStep(pair)];
}

function seeStep({ home, minutes }: Pair): Step {
  return {
    id: "see",
    title: "Confirm that the region is lost",
    says: `AWS reports the outage, and the platform answers 503 with its own error text. The AWS Health API needs a support plan; without one, use the public AWS Health Dashboard.`,
    minutes: Math.floor(minutes("decide") / 2),
    commands: [
      check(
        "Open events in AWS Health",
        `aws health describe-events --region us-east-2 --filter regions=${home.region},eventStatusCodes=open --query 'events[].[service,eventTypeCode,startTime]' --output text`,
        { passes: /SubscriptionRequired|Could not connect/ },
      ),
      check(
        "The platform's answer",
        `curl -sS --max-time 20 https://${home.hosts["api"]}${WITH_SESSION}`,
        {
          passes: /curl: \(\d+\)/,
        },
      ),
    ],
    look: "the region is lost, not only the platform",
    undo: "Nothing was changed.",
  };
}

function decideStep({ home, minutes }: Pair): Step {
  const tags = (home.primary && value(home.primary, "tags")) as { Owner?: string } | undefined;
  return {
    id: "decide",
    title: "Decide and announce it",
    says: `Write to the mailbox in the tag Owner${tags?.Owner === undefined ? "" : ` (\`${tags.Owner}\`)`}. From now on, do not deploy to ${home.stackName}.`,
    minutes: Math.ceil(minutes("decide") / 2),
    commands: [],
    look: "the decision is made and announced",
    undo: "Nothing was changed.",
  };
}

function stateStep(pair: Pair): Step {
  const { home, standby, region, project, state, minutes, stands } = pair;
  // Where it is at home as well, its copy is here.
  const moves = state.region !== region;
  const bucket = moves ? `${state.bucket}-copy` : state.bucket;
  const stack = standby.stackName;
  const setBack = [
    stands
      ? `pulumi config set --path ${SERVING} false --stack ${stack}`
      : `pulumi config rm --path ${RESTORED_FROM} --stack ${stack}`,
    `pulumi config rm --path ${SKIP_BACKUP} --stack ${stack}`,
  ];
  return {
    id: "state",
    title: `Prepare the ${moves ? "copy of the state" : "state"} and the ${stands ? "replica" : "newest backup"}`,
    says: `${moves ? "The copy of the state bucket contains what was replicated before the loss" : `The state is in ${region} already`}. \`pulumi cancel\` removes the lock of an update that the loss interrupted. ${
      stands
        ? "The replica has the data that users will see. RDS does not promote it during its backup: the run then waits for the backup to end, and the times here do not include that wait."
        : "The latest restorable time decides how much data is lost."
    } Step 7 commits the settings.`,
    minutes: Math.ceil(minutes("prepareStack") / 2),
    commands: [
      check(
        "The state is there",
        `aws s3api list-objects-v2 --region ${region} --bucket ${bucket} --prefix .pulumi/stacks/${project}/${stack}.json --query 'Contents[].[LastModified,Key]' --output text`,
        { good: printsSomething("a date with a time, and the file of the stack") },
      ),
      stands ? promotable(pair) : newestMoment(pair),
      today(),
      ...imageChecks(standby),
      ...quotaChecks(home, region),
      act("Log in to the state bucket", `pulumi login 's3://${bucket}?region=${region}'`),
      act("Choose the stack", `pulumi stack select ${stack}`),
      act("Remove the lock", `pulumi cancel --stack ${stack} --yes`),
      stands
        ? set("Set the stack to serve users", stack, SERVING, "true")
        : set("The backup to restore", stack, RESTORED_FROM, "<ARN>"),
      set("Skip the backup before this update", stack, SKIP_BACKUP, "<today>"),
    ],
    undo: `${moves ? `Log in to s3://${state.bucket} again. ` : ""}Set back what this step set: ${setBack.join("; ")}.`,
  };
}

function newestMoment({ home, region }: Pair): Command {
  const newest = newestBackup(`DBInstanceIdentifier==\`${home.id}\` && `);
  const query = `${newest}.[DBInstanceAutomatedBackupsArn,RestoreWindow.LatestTime]`;
  return {
    ...shell(
      "check",
      "The latest restorable time of the database",
      ofAllPages(
        `aws rds describe-db-instance-automated-backups --region ${region} --query '${query}'`,
      ),
    ),
    keeps: ["ARN", "newest"],
    good: { says: "an ARN and a time" },
  };
}

/** RDS promotes it after its daily backup ends. */
function promotable({ standby, region }: Pair): Command {
  return check(
    "The replica can be promoted",
    describeInstance(region, databaseOf(standby), "DBInstanceStatus"),
    {
      good: prints("available"),
      minutes: minutesOf(standby.stack, "backupJob"),
      bad: /^(?:delet|failed|inaccessible|incompatible|restore-error|stop|storage-full)/,
    },
  );
}

/** What a new account has too little of must have been granted. */
function quotaChecks({ stack }: Named, region: string): Command[] {
  return quotaNeeds(stack, region)
    .filter(({ needed, newAccount }) => needed > newAccount)
    .map(({ title, service, code, needed }): Command => ({
      ...shell("check", `Quota: ${title}`, showCommand({ service, code, region })),
      good: { says: `${needed} or more`, holds: (printed) => Number(printed) >= needed },
    }));
}

function previewStep({ standby: { stackName }, minutes }: Pair): Step {
  return {
    id: "preview",
    title: "The preview is clean",
    says: "The preview runs offline. What it refuses would fail in the update.",
    minutes: Math.floor(minutes("prepareStack") / 2),
    commands: [prove("The preview", `npm run preview -- --stack ${stackName}`)],
    undo: "Nothing was changed.",
  };
}

/** With the pack, and without what is made in us-east-1 alone. */
function updateOptions({ stackName, stack }: Named): string {
  const excluded = WAITS.filter((word) =>
    stack.resources.some(({ type }) => type.startsWith(`aws:${word}/`)),
  );
  return [
    `--policy-pack policy-pack --policy-pack-config policy-pack/config.${stackName}.json`,
    ...excluded.map((word) => `--exclude '**aws:${word}/**'`),
  ].join(" ");
}

/** What taking over does where the standby stands. */
function takeOverStep({ home, standby, region, minutes }: Pair): Step {
  const { stackName } = standby;
  const database = databaseOf(standby);
  return {
    id: "up",
    title: `Bring ${region} into service`,
    says: `The update promotes the replica, then starts the services' tasks; it creates nothing that depends on ${home.region}. As soon as tasks run, DNS routes users there automatically. Meanwhile, run \`npm run failover -- --case hold\` in a second terminal (step 7). If the update fails halfway, repeat it: it continues where it stopped.`,
    minutes: minutes("takeOver"),
    commands: [
      up("Promote the replica and start the tasks", stackName, updateOptions(standby)),
      prove(
        "The database is no longer a replica",
        describeInstance(region, database, "ReadReplicaSourceDBInstanceIdentifier"),
        {
          good: { says: "None", holds: (source) => source === "None" },
          minutes: minutesOf(standby.stack, "promoteReplica"),
        },
      ),
    ],
    undo: `A promotion cannot be undone: data written to ${home.region}'s database since then exists only there. To return, run failback.`,
  };
}

function upStep(pair: Pair): Step {
  const { home, standby, region, minutes } = pair;
  if (pair.stands) return takeOverStep(pair);
  const { stackName } = standby;
  const identifier = databaseOf(standby);
  return {
    id: "up",
    title: `Create the platform in ${region}`,
    says: `Restoring the database and its standby takes most of the time. Meanwhile, run \`npm run failover -- --case hold\` in a second terminal (step 7). The budgets' API is in us-east-1, so they wait; DNS records may also wait, for up to ${minutesOf(home.stack, "recordChanges")} minutes after the loss. If the update fails halfway, repeat it: it continues where it stopped.`,
    minutes: minutes("recoveryUp"),
    commands: [
      up("Make it", stackName, updateOptions(standby)),
      wait(
        "The database is there",
        describeInstance(region, identifier, "DBInstanceStatus"),
        "available",
        minutes("verify"),
        { bad: /^(failed|incompatible-[\w-]+|restore-error)$/ },
      ),
    ],
    undo: `Users are still routed to ${home.region}. npm run teardown -- --stack ${stackName} lists the steps that remove what was created.`,
  };
}

function holdStep({ home, standby }: Pair): Step {
  const zone = standby.stack
    .ofType("aws:route53/record:Record")
    .flatMap((one) => text(one, "zoneId") ?? [])[0];
  const { origin, standby: host } = home.hosts;
  const later = { minutes: minutesOf(home.stack, "recordChanges"), pending: NO_CHANGES_NOW };
  const change = {
    Changes: [
      {
        Action: "UPSERT",
        ResourceRecordSet: {
          ...{ Name: origin, Type: "A", SetIdentifier: "primary", Failover: "PRIMARY" },
          // An UPSERT removes what it does not name.
          HealthCheckId: "<health check>",
          AliasTarget: { HostedZoneId: zone, DNSName: host, EvaluateTargetHealth: false },
        },
      },
    ],
  };
  return {
    id: "hold",
    title: "Keep users on the standby, beside steps 5 and 6",
    says: `This keeps users away from the old region's old data when it answers again. While Route 53's control plane is lost, it [accepts changes again](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/accelerated-recovery.html) about ${later.minutes} minutes after AWS has noticed the loss: the step repeats its commands until then, and users do not wait for it. It may also lose a change that it has accepted: after \`NoSuchChange\`, route users again. The zone's id is \`crm:edge.zone.id\`. The setting makes the same change in the stack file: until the commit is on main, a deployment of ${home.stackName} would route users back to the old database. From this commit until the last step of failback, CI's job \`accepted\` is red: pages and lists still show the standby that waits. It stops no deployment. If it must pass before a merge, run \`npm run accept\` first, and commit what it writes.`,
    minutes: 0,
    commands: [
      prove(
        "The record's health check",
        `aws route53 list-resource-record-sets --hosted-zone-id ${zone} --start-record-name ${origin} --start-record-type A --query 'ResourceRecordSets[?Name==\`${origin}.\` && Type==\`A\` && SetIdentifier==\`primary\`].HealthCheckId' --output text`,
        { ...later, keeps: ["health check"], good: { says: "an id" } },
      ),
      act(
        "Route users to the standby",
        `aws route53 change-resource-record-sets --hosted-zone-id ${zone} --change-batch '${JSON.stringify(change)}' --query ChangeInfo.Id --output text`,
        { ...later, keeps: ["change"], good: { says: "the id of a change" } },
      ),
      wait(
        "All name servers have the change",
        "aws route53 get-change --id <change> --query ChangeInfo.Status --output text",
        "INSYNC",
        later.minutes,
        // A change that Route 53 took and lost is made again.
        { pending: NO_CHANGES_NOW, bad: /NoSuchChange/, redo: true },
      ),
      set("The same change in the stack file", home.stackName, HOLD, "true"),
      commit("fix: users stay on the standby", home.stackName, standby.stackName),
    ],
    look: ON_MAIN,
    undo: "Failback removes the hold at the end of its pause.",
  };
}

function lookStep({ home, standby: { stackName }, minutes }: Pair): Step {
  const records = minutes("recordChanges") + minutes("recordAnswers");
  const { host, pathname } = new URL(home.health!);
  const [fixed, other] = host === home.hosts["api"] ? [pathname, "another path"] : [host, "the API's host"]; // prettier-ignore
  return {
    id: "look",
    title: "Verify",
    says: `Wait ${minutes("recordAnswers")} minutes, until resolvers no longer cache the old answer. \`${fixed}\` always goes to ${home.region}, so the check requests ${other}.`,
    minutes: records + minutes("verify"),
    commands: [
      prove(
        "The platform answers",
        `curl -s -o /dev/null -w '%{http_code}' https://${home.hosts["api"]}${WITH_SESSION}`,
        {
          good: { says: "401 or 200", holds: (code) => code === "401" || code === "200" },
          minutes: records + minutes("verify"),
        },
      ),
      prove("Every service has its tasks", `npm run status -- --stack ${stackName}`),
    ],
    look: "you can sign in, open an upload, and see the newest entries",
    undo: "npm run status and npm run logs show what is wrong; users stay on the standby either way.",
  };
}
