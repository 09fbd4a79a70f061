/** `npm run rotate`: replaces a secret's value, updates its readers, and verifies that the old value is refused. */
import { hasPilotLight } from "../../analysis/recovery/stand-in";
import { minutesOf } from "../../analysis/recovery/steps";
import { VALUE_READS } from "../../facts/service-calls";
import { LOGINS } from "../../platform/database-logins";
import { act, commit, ON_MAIN, prints, set, shell, signedIn, stateAnswers, up } from "./commands";
import { namedOf, namesOf, type BookPlan } from "./names";
import { lockOut, VAULT_QUESTIONS } from "./restore-from-vault";
import {
  cacheSteps,
  clientsStep,
  databaseSteps,
  FORGET,
  ownerSteps,
  retireSteps,
  sessionSteps,
  type Secrets,
} from "./rotate-stores";
import { minutesOfUpdate } from "./state-follows";
import type { Command, Part, Question, Runbook, Step } from "./step";

export function rotate(plan: BookPlan, standby = "recovery"): Runbook {
  const secrets = secretsOf(plan, standby);
  const { databaseUrl, ownerUrl, redisUrl, header } = secrets;
  const parts: Part[] = [
    ...(databaseUrl && ownerUrl
      ? [
          { id: "database", first: 1, steps: databaseSteps(secrets) },
          {
            ...{ id: "retire", first: 4, after: "database" },
            steps: retireSteps(secrets, databaseUrl),
          },
          { id: "owner", first: 1, steps: ownerSteps(secrets, ownerUrl) },
          { id: "sessions", first: 1, steps: sessionSteps(secrets) },
        ]
      : []),
    ...(redisUrl
      ? [
          { id: "cache", first: 1, steps: cacheSteps(secrets, redisUrl) },
          { id: "clients", first: 1, steps: [clientsStep(redisUrl, secrets)] },
        ]
      : []),
    ...(header ? [{ id: "header", first: 1, steps: headerSteps(secrets) }] : []),
    { id: "secret", first: 1, steps: otherSteps(secrets) },
    { id: "readers", first: 1, steps: readersSteps(secrets) },
    { id: "commit", first: 1, steps: [commitStep(secrets)] },
  ];
  const has = (id: string) => parts.some((part) => part.id === id);
  const cases: Record<string, string[]> = {
    ...(has("database") && {
      database: ["database", "retire"],
      // The URLs have the owner's login until then: afterwards the owner's password is refused.
      "first-login": ["database", "owner"],
      owner: ["owner"],
    }),
    ...(has("cache") && { cache: ["cache"] }),
    ...(has("header") && { header: ["header"] }),
    secret: ["secret"],
  };
  // Who read the old value would read the new one: locked out first. What is signed in stays so: it is ended last.
  const opens: Record<string, string> = {
    database: "sessions",
    "first-login": "sessions",
    owner: "sessions",
    cache: "clients",
  };
  for (const [name, steps] of Object.entries(cases)) {
    const open = opens[name] ?? [];
    cases[`leaked-${name}`] = ["readers", ...steps, ...[open].flat(), "commit"];
    cases[name] = [...steps, "commit"];
  }
  return {
    ...{ command: "rotate", stack: secrets.stackName, page: "secret-rotation.md", parts, cases },
    before: [signedIn(secrets), stateAnswers(secrets.stackName)],
    questions: QUESTIONS,
  };
}

const VERSION = {
  pattern: /^[1-9]\d*$/,
  expects: "a whole number, one more than the current version",
} as const;
const LOGIN = { pattern: new RegExp(`^(${Object.keys(LOGINS).join("|")})$`) } as const;
const WORD = { pattern: /^[\w-]+$/, expects: "a word of the stack's file" } as const;

const QUESTIONS: Readonly<Record<string, Question>> = {
  idle: { ...LOGIN, asks: "Which login is not in the URLs", expects: "blue or green" },
  retired: {
    ...LOGIN,
    asks: "Which login did the URLs have before step 3",
    expects: "blue or green; if it was the owner, use --case first-login",
  },
  "idle version": { ...VERSION, asks: "The new version of that login's password" },
  "retired version": {
    ...VERSION,
    asks: "The new version of the other login's password",
  },
  "password version": { ...VERSION, asks: "The new crm:database.passwordVersion" },
  "signed in": {
    asks: "Whose sessions end",
    pattern: /^[a-z_][a-z0-9_]*$/,
    expects: `${Object.values(LOGINS).join(", ")}, a login of a service's own, or the owner`,
  },
  "token version": { ...VERSION, asks: "The new crm:cache.tokenVersion" },
  "header version": { ...VERSION, asks: "The new crm:edge.originSecretVersion" },
  service: { ...WORD, asks: "Which service reads the secret" },
  variable: { ...WORD, asks: "In which variable" },
  version: { ...VERSION, asks: "The new version of that variable" },
  value: { ...WORD, asks: "Its name in crm:secrets, where it comes from outside", optional: true },
  "part of its name": {
    asks: "What the names of the parameters or secrets with the value have in common",
    pattern: /^[\w./-]+$/,
    expects: "database-url, redis-url, origin-header or the like",
  },
  role: { ...VAULT_QUESTIONS["role"]!, asks: "Which role is to be locked out", optional: true },
};

function secretsOf(plan: BookPlan, standby: string): Secrets {
  const named = namedOf(plan);
  const parameters = namesOf(named.stack, "aws:ssm/parameter:Parameter", "name").sort();
  const database = parameters.filter((name) => name.endsWith("/database-url"));
  const ofTask = (name: string) => name.includes("/database-task/");
  return {
    ...named,
    databaseUrl: database.find((name) => !ofTask(name)),
    ownerUrl: database.find(ofTask) ?? database[0],
    redisUrl: parameters.find((name) => name.endsWith("/redis-url")),
    header: plan.outputs["originHeaderValue"] !== undefined,
    standby: hasPilotLight(named.stack) ? standby : undefined,
  };
}

function headerSteps({ stackName: stack, region, standby, stack: plan }: Secrets): Step[] {
  const minutes = (name: string) => minutesOf(plan, name);
  const balancer = namesOf(plan, "aws:lb/loadBalancer:LoadBalancer", "name").find((name) =>
    name.endsWith("-alb"),
  );
  const ask = `aws elbv2 --region ${region}`;
  const load = `$(${ask} describe-load-balancers --names ${balancer} --query "LoadBalancers[0].LoadBalancerArn" --output text)`;
  const listener = `$(${ask} describe-listeners --load-balancer-arn "${load}" --query "Listeners[?Port==\\\`443\\\`].ListenerArn" --output text)`;
  const rules = `${ask} describe-rules --listener-arn "${listener}" --query "length(Rules[?Conditions[?contains(HttpHeaderConfig.Values || [''], '$(cat old-value.txt)')]])" --output json`;
  const header = `pulumi stack output originHeaderValue --show-secrets --stack ${stack}`;
  return [
    {
      id: "both",
      title: "Both values valid",
      says: `The update ends when every distribution sends the new one.${
        standby === undefined
          ? ""
          : ` From the first updated distribution until ${standby} accepts the new value as well, ${standby}'s load balancer would answer 403 after a failover: start at a quiet time, and run the next step at once. If the region is lost in between, run that step first.`
      }`,
      minutes: minutes("runUpdate") + minutes("distributionOff"),
      commands: [
        act("Note the old value", header, { into: "old-value.txt", secret: true }),
        set("Accept both values", stack, "crm:edge.acceptPreviousOriginSecret", "true"),
        set("Its version", stack, "crm:edge.originSecretVersion", "<header version>"),
        up("Update", stack),
      ],
      undo: "None is needed: the old value is still accepted.",
    },
    ...(standby === undefined ? [] : [standbyHeader(header, standby, minutes("runUpdate"))]),
    {
      id: "new-alone",
      title: "The new value alone",
      says: "No distribution sends the old one any more.",
      minutes: minutes("runUpdate"),
      commands: [
        set("Accept the new value only", stack, "crm:edge.acceptPreviousOriginSecret", "false"),
        up("Update", stack),
      ],
      undo: "Set it to true again.",
    },
    {
      id: "refused-header",
      title: "The old value is refused",
      says: "The command counts the load balancer's rules that accept it. Only CloudFront can reach the load balancer, so you cannot test it with a request.",
      minutes: minutes("byHand"),
      commands: [
        { ...shell("prove", "The old value is refused", rules), good: prints("0") },
        FORGET,
      ],
      undo: "Nothing was changed.",
    },
  ];
}

/** The load balancer that takes over knows one value: with the old one it would answer 403 after a failover. */
function standbyHeader(header: string, standby: string, minutes: number): Step {
  const setThere = `pulumi config set --path crm:secrets.origin-header --secret --stack ${standby}`;
  return {
    id: "standby-header",
    title: `${standby} accepts the new value`,
    says: "Its load balancer must accept the value that CloudFront now sends.",
    minutes,
    commands: [
      { ...shell("act", "The same value there", `${header} | ${setThere}`), secret: true },
      up("Update", standby),
    ],
    undo: "Repeat the step: it copies the value of the other stack.",
  };
}

function otherSteps({ stackName: stack, stack: plan }: Secrets): Step[] {
  return [
    {
      id: "other",
      title: "A new value, and tasks that read it",
      says: "A generated secret gets a new value; after a change of auth's JWT_SECRET, every user must sign in again. Enter an external key yourself, in the recovery stack's `crm:secrets` as well.",
      minutes: minutesOfUpdate(plan),
      commands: [
        act(
          "Set the external key",
          `pulumi config set --path crm:secrets.<value> --secret --stack ${stack}`,
          {
            terminal: true,
          },
        ),
        set("Its version", stack, "crm:services.<service>.secrets.<variable>.version", "<version>"),
        up("Update", stack),
      ],
      look: "the old value is refused: an old session gets 401, or the provider of the key refuses the old one after you revoked it there",
      undo: "Raise the version again; an external key that was revoked stays revoked.",
    },
  ];
}

/** Until then a deployment of main would go back to the old versions. */
function commitStep({ stackName, standby, stack }: Secrets): Step {
  const stacks = standby === undefined ? [stackName] : [stackName, standby];
  return {
    id: "commit",
    title: "Commit the versions",
    says: "Until they are on main, a deployment would bring back the old versions, and with them other values.",
    minutes: minutesOf(stack, "byHand"),
    commands: [commit("fix: the readers of a rotated secret restart", ...stacks)],
    look: ON_MAIN,
    undo: "None is needed: the stack has these versions.",
  };
}

/**
 * Of CloudTrail's events: when, who, from where, and what was asked for. Left out is what named only other secrets: a path may
 * hold any of them, and of an event without names it is not known.
 */
const READERS_OF = `.[] | fromjson | (.requestParameters // {}) as $asked
  | ([$asked.name, $asked.names[]?, $asked.secretId] | map(select(. != null))) as $names
  | select($names == [] or any($names[]; contains($part)))
  | [.eventTime, .userIdentity.arn // .userIdentity.invokedBy // "unknown", .sourceIPAddress // "", .errorCode // "read",
     (if $names == [] then $asked.path // "unknown" else ($names | join(" ")) end)] | @tsv`.replace(
  /\n\s+/g,
  " ",
);

function readersSteps(secrets: Secrets): Step[] {
  const { region, stack, header } = secrets;
  const ofHeader = header
    ? " CloudFront's header is in no parameter: look for the events GetDistribution, GetDistributionConfig and DescribeRules instead."
    : "";
  const asked = (name: string): Command => {
    const events = `aws cloudtrail lookup-events --region ${region} --lookup-attributes AttributeKey=EventName,AttributeValue=${name} --query "Events[].CloudTrailEvent" --output json`;
    const filter = `jq -r --arg part "<part of its name>" '${READERS_OF}'`;
    // A list that did not come must not look like an empty one.
    const script = `events=$(${events}) || exit 1; printf "%s" "$events" | ${filter}`;
    return { ...shell("check", `Who called ${name}`, script), into: `readers-${name}.tsv` };
  };
  return [
    {
      id: "readers",
      title: "Who read it",
      says: `CloudTrail keeps events for 90 days. Each line has the time, the identity, its address, \`read\` or the error, and what was requested: names, a path with everything below it, or unknown.${ofHeader}`,
      minutes: minutesOf(stack, "searchTrail"),
      commands: VALUE_READS.events.map(asked),
      look: "every line of readers-*.tsv that is not by a service, a function or the pipeline was investigated",
      undo: "Nothing was changed.",
    },
    lockOut(secrets),
  ];
}
