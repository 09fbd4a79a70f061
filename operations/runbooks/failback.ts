/** `npm run failback`: returns the platform to its region after that was stable for a day. */
import { text } from "../../analysis/recovery/resources";
import { hasPilotLight } from "../../analysis/recovery/stand-in";
import { databaseRestore, minutesOf } from "../../analysis/recovery/steps";
import {
  act,
  available,
  check,
  commit,
  healthy,
  HOLD,
  OF_S3,
  ON_MAIN,
  deleteObjects,
  placeOf,
  placeOptions,
  prints,
  prove,
  rename,
  runningTasks,
  set,
  signedIn,
  stopFunction,
  stopService,
  up,
  wait,
} from "./commands";
import { namedOf, type BookPlan, type Named, type StatePlace } from "./names";
import { bucketsOf, type Copied } from "./restore-objects";
import { followStep, standAgainStep } from "./stand-again";
import {
  BACKUP_FIRST,
  laterStep,
  statePart,
  withDatabase,
  type WithDatabase,
} from "./state-follows";
import type { Command, Part, Runbook, Step } from "./step";

interface Pair {
  readonly home: WithDatabase;
  readonly away: WithDatabase;
  readonly state: StatePlace;
  readonly bucket: string;
  readonly copy: Copied;
  /** Alias of the key of the database at home. */
  readonly key: string;
}

export function failback(homePlan: BookPlan, awayPlan: BookPlan, state: StatePlace): Runbook {
  const home = withDatabase(namedOf(homePlan));
  const away = withDatabase(namedOf(awayPlan));
  const { bucket, copy } = bucketsOf(home.stack);
  if (copy === undefined) throw new Error(`${bucket}: expected a copy in another region, got none`);
  const key = home.stack
    .ofType("aws:kms/alias:Alias")
    .filter(({ name }) => name === "crm-database")
    .flatMap((one) => text(one, "name") ?? [])[0];
  if (key === undefined) throw new Error(`${home.id}: expected an alias of its key, got none`);
  const pair: Pair = { home, away, state, bucket, copy, key };
  const follows = statePart(home, away.stackName);
  const last = follows.steps.filter(({ id }) => id === "replica" || id === "copies");
  const stands = hasPilotLight(home.stack);
  const [ahead, pause] = [aheadSteps(pair), pauseSteps(pair, follows)];
  const parts: Part[] = [
    { id: "ahead", first: 1, steps: ahead },
    { id: "pause", first: 1 + ahead.length, steps: pause },
    {
      ...{ id: "later", first: 1 + ahead.length + pause.length },
      steps: [...last, ...laterSteps(pair)],
    },
    ...(stands ? [{ id: "replica", first: 1, steps: [followStep(home, away)] }] : []),
  ];
  return {
    ...{ command: "failback", stack: home.stackName, page: "failback.md", parts },
    before: [signedIn(home)],
    cases: {
      ...{ ahead: ["ahead"], pause: ["pause"], later: ["later"] },
      ...(stands && { replica: ["replica"] }),
    },
    questions: {
      "last version": {
        asks: "One more than crm:database.passwordVersion is at home",
        pattern: /^[1-9]\d*$/,
        expects: "a whole number",
      },
      moment: { ...OF_S3, asks: "When the standby took over, in UTC" },
    },
  };
}

function aheadSteps(pair: Pair): Step[] {
  const { home, away, state } = pair;
  const stack = away.stackName;
  const minutes = (name: string) => minutesOf(home.stack, name);
  const whole = [minutes("fullSnapshot"), minutes("fullSnapshotCopy")] as const;
  return [
    // Where it was not away already, failover went on with its copy.
    ...(state.region === away.region ? [] : [stateHomeStep(pair)]),
    {
      id: "stop-home",
      title: `Stop ${home.stackName}'s tasks and functions`,
      // The region is available with its old resources: tasks read queues and write to the old database, and schedules call functions.
      says: `${home.region} came back with running tasks and functions, which use the old database. Users do not reach them, but queues and schedules still trigger them.`,
      minutes: minutesOf(home.stack, "stopTasks") * home.services.length,
      commands: stopAll(home),
      undo: `pulumi up --stack ${home.stackName} --refresh starts them again, as the pause does; an update without --refresh does not. Environments that a function keeps ready in peak hours return with the next peak.`,
    },
    {
      id: "objects-ahead",
      title: "Copy the uploads since the failover",
      says: "Users keep working. The copy during the pause then transfers only what is new.",
      minutes: minutes("copyObjects"),
      commands: [syncHome(pair)],
      undo: `${home.region}'s bucket keeps old versions: nothing is lost.`,
    },
    {
      id: "database-ahead",
      title: "Copy the database in advance",
      says: `The copy is encrypted with ${home.stackName}'s own key, because ${stack}'s key is deleted with ${stack}. The copy during the pause then transfers only what is new.`,
      minutes: whole[0] + whole[1],
      commands: snapshotHome(pair, "crm-home-1", whole),
      undo: "Delete the snapshots; nothing uses them.",
    },
  ];
}

function stateHomeStep({ home, away, state }: Pair): Step {
  const stack = away.stackName;
  const login = `pulumi login 's3://${state.bucket}-copy?region=${away.region}'`;
  return {
    id: "state-home",
    title: `Bring ${stack}'s state home`,
    says: `Where ${home.stackName}'s is; from here on all commands work on that one.`,
    minutes: minutesOf(home.stack, "byHand"),
    commands: [
      // A person who is logged in at home would save the state from before the loss.
      act("Log in where it is", login),
      act("Save it", `pulumi stack export --stack ${stack} --file recovery-state.json`),
      act("Log in at home", `pulumi login 's3://${state.bucket}?region=${state.region}'`),
      act("Put it there", `pulumi stack import --stack ${stack} --file recovery-state.json`),
      prove(
        `${home.stackName}'s state answers`,
        `pulumi stack --stack ${home.stackName} --show-name --non-interactive`,
        { good: prints(home.stackName) },
      ),
    ],
    undo: `${login}: the state is there as well.`,
  };
}

function stopAll(stack: Named): Command[] {
  return [
    ...stack.services.flatMap((service) => stopService(stack, service)),
    ...stack.functions.flatMap((name) => stopFunction(stack, name)),
  ];
}

function syncHome({ home, bucket, copy }: Pair): Command {
  return act(
    "Copy",
    `aws s3 sync s3://${copy.bucket} s3://${bucket} --source-region ${copy.region} --region ${home.region}`,
  );
}

/** A snapshot away, and its copy at home. */
function snapshotHome(
  { home, away, key }: Pair,
  name: string,
  [made, copied]: readonly [made: number, copied: number],
): Command[] {
  const state = (region: string, minutes: number) =>
    wait(
      `${name} is available in ${region}`,
      `aws rds describe-db-snapshots --region ${region} --db-snapshot-identifier ${name} --query 'DBSnapshots[0].Status' --output text`,
      "available",
      minutes,
      { bad: /^failed$/, redo: true, pending: /DBSnapshotNotFound/ },
    );
  const already = { already: /DBSnapshotAlreadyExists/ };
  return [
    act(
      "Make a snapshot",
      `aws rds create-db-snapshot --region ${away.region} --db-instance-identifier ${away.id} --db-snapshot-identifier ${name}`,
      already,
    ),
    state(away.region, made),
    act(
      `Copy it to ${home.region}`,
      `aws rds copy-db-snapshot --region ${home.region} --source-region ${away.region} --source-db-snapshot-identifier arn:aws:rds:${away.region}:${home.account}:snapshot:${name} --target-db-snapshot-identifier ${name} --kms-key-id ${key}`,
      already,
    ),
    state(home.region, copied),
  ];
}

function pauseSteps(pair: Pair, follows: Part): Step[] {
  const { home, away } = pair;
  const minutes = (name: string) => minutesOf(home.stack, name);
  const since = [minutes("backupJob"), minutes("copyJob")] as const;
  const renamed = minutes("rename") / 2;
  const restored = databaseRestore(home.stack, home.primary).minutes;
  return [
    {
      id: "begin",
      title: "Begin the pause",
      // Without tasks away, the standby host leads to the load balancer at home: what runs there would write to the old database.
      says: `From now on, writes fail: announce it. Once nothing answers in ${away.region}, DNS routes users to ${home.region}. No task may run there, because it would write to the old database.`,
      minutes: minutesOf(away.stack, "stopTasks") * away.services.length,
      commands: [
        ...home.services.map((service) =>
          check(`${service} has no task in ${home.region}`, runningTasks(home, service), {
            good: prints("0"),
          }),
        ),
        ...stopAll(away),
      ],
      undo: `pulumi up --stack ${away.stackName} --refresh starts ${away.region}'s tasks again. ${home.stackName} stays stopped until pulumi up --stack ${home.stackName} --refresh.`,
    },
    {
      id: "copy-again",
      title: "Copy the latest changes, including deletions",
      says: `A copy alone would restore what customers deleted since the failover. Never use \`sync --delete\`: uploads that were not replicated before the loss exist only in ${home.region}.`,
      minutes: minutes("copyNewObjects") + since[0] + since[1],
      commands: [syncHome(pair), ...deleteAtHome(pair), ...snapshotHome(pair, "crm-home-2", since)],
      undo: `The bucket in ${home.region} still has the deleted versions. pulumi up --stack ${away.stackName} --refresh ends the pause.`,
    },
    {
      id: "restore-home",
      title: "Rename the old primary, and restore the copy under its name",
      says: "The old instance is kept, with the data it had when the region was lost.",
      minutes: renamed + restored,
      commands: [
        placeOf(home.region, home.id),
        ...rename(home.region, home.id, home.broken, renamed),
        act(
          "Restore",
          `aws rds restore-db-instance-from-db-snapshot --region ${home.region} --db-snapshot-identifier crm-home-2 --db-instance-identifier ${home.id} ${placeOptions(home)} --query DBInstance.DBInstanceStatus --output text`,
          { already: /DBInstanceAlreadyExists/ },
        ),
        available(home.region, home.id, restored),
      ],
      undo: `pulumi up --stack ${away.stackName} --refresh ends the pause; then rename ${home.broken} back to ${home.id}.`,
    },
    stateStep(pair, follows),
    {
      id: "let-go",
      title: "Route users back",
      says: `\`${home.hosts["origin"]}\` routes to ${home.region} again. Until the commit is on main, a deployment of ${home.stackName} would route users to the standby, which has no tasks: the pause ends with the commit on main.`,
      minutes: minutes("runUpdate"),
      commands: [
        set("Remove the hold", home.stackName, HOLD, "false"),
        up("Update", home.stackName),
        commit("fix: users return to their region", home.stackName),
      ],
      look: ON_MAIN,
      undo: `Hold users on the standby again, with step 7 of the region-loss runbook; what was written in ${home.region} meanwhile stays there.`,
    },
    {
      id: "look",
      title: "Verify",
      says: `${home.region} serves users again.`,
      minutes: minutes("verify"),
      commands: healthy(home, minutes("verify")),
      look: "the newest entries are there, and an upload opens",
      undo: "Use the rollback of the previous step.",
    },
  ];
}

/** Deletes in the home region the objects that were deleted during the failover. */
function deleteAtHome({ home, bucket, copy }: Pair): Command[] {
  return [
    act(
      "List what was deleted since",
      `aws s3api list-object-versions --region ${copy.region} --bucket ${copy.bucket} --output json --query 'DeleteMarkers[?IsLatest && LastModified>=\`"<moment>"\`].{Key:Key}'`,
      { into: "deleted.json" },
    ),
    ...deleteObjects(`Delete it in ${home.region}`, home.region, bucket, "deleted.json"),
  ];
}

/** Steps 5 to 7 of a restored database, with the password that the data came with. */
function stateStep({ home, away }: Pair, { steps }: Part): Step {
  const follow = steps.filter(({ id }) => ["new-id", "import", "update"].includes(id));
  const commands = follow.flatMap((step) => step.commands);
  const update = commands.findIndex(({ argv }) => argv.join(" ").startsWith("pulumi up "));
  return {
    id: "state",
    title: "Update Pulumi's state",
    says: `These are steps 5 to 7 of [database restore](database-restore.md#the-state-follows). The data came with ${away.stackName}'s password, so raise the version by one. At the end the health check passes, while DNS still answers with the standby's record. ${BACKUP_FIRST}`,
    minutes: follow.reduce((sum, step) => sum + step.minutes, 0),
    commands: [
      ...commands.slice(0, update),
      set(
        "Set a password of its own",
        home.stackName,
        "crm:database.passwordVersion",
        "<last version>",
      ),
      ...commands.slice(update),
    ],
    undo: `pulumi stack import --stack ${home.stackName} --file state.json`,
  };
}

function laterSteps({ home, away }: Pair): Step[] {
  const gone = (region: string, name: string) =>
    act(
      `${name} in ${region}`,
      `aws rds delete-db-snapshot --region ${region} --db-snapshot-identifier ${name}`,
      { already: /DBSnapshotNotFound/ },
    );
  const names = ["crm-home-1", "crm-home-2"];
  return [
    { ...laterStep(home), title: "A week later, the broken instance" },
    {
      id: "snapshots",
      title: "Delete the snapshots",
      says: "They were for the failback only.",
      minutes: minutesOf(home.stack, "byHand"),
      commands: [away.region, home.region].flatMap((region) =>
        names.map((name) => gone(region, name)),
      ),
      undo: "The database's backups contain the same data.",
    },
    hasPilotLight(home.stack) ? standAgainStep(home, away) : teardownStep(home, away),
  ];
}

function teardownStep(home: WithDatabase, away: WithDatabase): Step {
  return {
    id: "teardown",
    title: `Take ${away.stackName} down, but for the roles`,
    says: `What it says is done first. It leaves ${home.stackName} alone: its copies and the key under its database are its own resources.`,
    minutes: minutesOf(away.stack, "takeDown"),
    commands: [
      check("What blocks", `npm run teardown -- --stack ${away.stackName}`),
      act("Take it down", `pulumi destroy --stack ${away.stackName} --exclude '**aws:iam/**'`, {
        terminal: true,
      }),
    ],
    undo: `pulumi up --stack ${away.stackName} makes it again, empty.`,
  };
}
