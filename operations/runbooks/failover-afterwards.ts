/** What `npm run failover` leaves for afterwards. */
import { text } from "../../analysis/recovery/resources";
import { boundOf, minutesOf } from "../../analysis/recovery/steps";
import { commit, describeInstance, MULTI_AZ, ON_MAIN, prove, set, up, wait } from "./commands";
import type { Named } from "./names";
import { replicaMinutes } from "./state-follows";
import type { Step } from "./step";

const REPLICA = "crm:database.replica.enabled";
const READS = "crm:database.urls.analytics";

/** The stack that serves, and where. */
interface Served {
  readonly standby: Named;
  readonly region: string;
  /** Whether it stood before, with a replica; else it was made in the emergency. */
  readonly stands: boolean;
  /** Options of an update there, while the other region may still be lost. */
  readonly options: string;
}

/** The identifier of a stack's first database. */
export function databaseOf({ stack }: Named): string | undefined {
  return stack
    .ofType("aws:rds/instance:Instance")
    .flatMap((one) => text(one, "identifier") ?? [])[0];
}

/** RDS publishes no metric of it, and the function that measures it at home asks from another region: there is none to ask from. */
function restorableStep({ standby, region }: Served): Step {
  const normal = boundOf(standby.stack, "pointInTime");
  return {
    id: "restorable",
    title: "The serving database can be restored to a recent moment",
    says: `No alarm watches this in ${region}. Until failback, repeat the step every day. After the promotion, RDS first makes a backup.`,
    minutes: minutesOf(standby.stack, "backupJob"),
    commands: [
      prove(
        "The latest restorable time",
        describeInstance(region, databaseOf(standby), "LatestRestorableTime"),
        {
          good: {
            says: `a time at most ${normal} minutes ago`,
            holds: (moment) => Date.now() - Date.parse(moment) <= normal * 60_000,
          },
          minutes: minutesOf(standby.stack, "backupJob"),
        },
      ),
    ],
    undo: "Nothing was changed.",
  };
}

/** What is left to do after the failover. */
export function afterwardsSteps(pair: Served): Step[] {
  // RDS changes no instance that it is backing up.
  return pair.stands
    ? [restorableStep(pair), secondZoneStep(pair)]
    : [...leftToDo(pair), restorableStep(pair)];
}

/** Not in the update that takes over: its tasks would wait for the second zone. */
function secondZoneStep({ standby, region, options }: Served): Step {
  const { stackName, stack } = standby;
  const minutes = minutesOf(stack, "secondZone");
  return {
    id: "second-zone",
    title: "The second zone",
    says: "The database gets its standby in another zone while users work; writes may be slower meanwhile.",
    minutes,
    commands: [
      set("Set Multi-AZ", stackName, MULTI_AZ, "true"),
      commit("feat: a second zone while the standby serves", stackName),
      up("Create the standby", stackName, options),
      wait(
        "The database has a standby",
        describeInstance(region, databaseOf(standby), "MultiAZ"),
        "True",
        minutes,
      ),
    ],
    look: ON_MAIN,
    undo: `pulumi config set --path ${MULTI_AZ} false --stack ${stackName}, then pulumi up --stack ${stackName}; users notice nothing.`,
  };
}

function leftToDo({ standby }: Served): Step[] {
  const { stackName, stack } = standby;
  const update = minutesOf(stack, "runUpdate");
  return [
    {
      id: "left-out",
      title: "What was left out",
      says: "Creates the budgets and everything else that waited for us-east-1.",
      minutes: update,
      commands: [up("Make it", stackName)],
      undo: "Nothing depends on it.",
    },
    {
      id: "replica",
      title: "The read replica",
      says: "The restore left it out to save time.",
      minutes: update + replicaMinutes(stack),
      commands: [
        set("Have one", stackName, REPLICA, "true"),
        set("Read from it", stackName, READS, "replica"),
        commit("feat: a read replica while the standby serves", stackName),
        up("Make it", stackName),
      ],
      look: ON_MAIN,
      undo: `pulumi config set --path ${READS} primary --stack ${stackName}; pulumi config set --path ${REPLICA} false --stack ${stackName}; then pulumi up --stack ${stackName}.`,
    },
  ];
}
