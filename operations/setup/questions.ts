/** What `npm run setup` has to know of a deployment, and what AWS and GitHub accept of each. */
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import { EXAMPLE_ACCOUNT_ID, SHIPPED_DOMAIN, SHIPPED_PHONE } from "../../schema";
import { accountId, hostName, mailbox, region } from "../../schema/common";

/** The answers, by the name of the option and of the key in a file of answers. */
export interface Answers {
  readonly account: string;
  readonly region: string;
  readonly "copy-region": string;
  /** `none`, or a domain. */
  readonly domain: string;
  readonly repository: string;
  readonly "owner-id": string;
  readonly "repository-id": string;
  /** As CODEOWNERS names them: `@organization/team`, `@login`. */
  readonly reviewers: string;
  readonly team: string;
  readonly alerts: string;
  /** `none`, or a number. */
  readonly phone: string;
  /** Names of stacks, with commas between them. */
  readonly stacks: string;
  readonly suffix: string;
}

export type AnswerName = keyof Answers;

/** Values that an answer takes the place of, by the answer's name. */
export type Former = (name: AnswerName) => ReadonlySet<string>;

/** One question. */
export interface Question {
  readonly name: AnswerName;
  /** What a person is asked. */
  readonly asks: string;
  /** What is accepted. */
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
}

/** What the shipped files say in place of an owner's values. */
export const SHIPPED: Readonly<Partial<Answers>> = {
  account: EXAMPLE_ACCOUNT_ID,
  domain: SHIPPED_DOMAIN,
  repository: "crm-consulting/crm-on-aws",
  "owner-id": "12345678",
  "repository-id": "1234567890",
  reviewers: "@crm-consulting/platform",
  phone: SHIPPED_PHONE,
  suffix: "prod",
};

/** Suffixes of the shipped files: other accounts have buckets of these names. A bucket that an owner named is never renamed. */
export const SHIPPED_SUFFIXES: readonly string[] = ["prod", "staging", "prodrecovery"];

/** The answer of who has no domain, or no telephone. */
export const NONE = "none";

/** Names that cannot be registered. Source: RFC 2606 and RFC 6761. Route 53 refuses a zone for `example.com`. */
const RESERVED = /(^|\.)(example\.(com|net|org)|example|test|invalid|localhost|local)$/;

const isDomain = (value: string) => hostName().safeParse(value).success && !RESERVED.test(value);

/** A mailbox that can exist. */
function isMailbox(value: string): boolean {
  return mailbox().safeParse(value).success && !RESERVED.test(value.split("@")[1]!.toLowerCase());
}

/** E.164: at most 15 digits, none of which is a zero at the beginning; what SNS sends to. The shipped number does not exist. */
export function isPhone(value: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(value) && value !== SHIPPED.phone;
}

const REGIONS = Object.keys(CLOUDFRONT_PREFIX_LIST.ids);
const isRegion = (value: string) => region().safeParse(value).success && REGIONS.includes(value);
const GH_API = "gh api repos/<owner>/<name> --jq '.owner.id, .id'";
const isId = (value: string, shipped: string | undefined) =>
  /^[1-9]\d{0,19}$/.test(value) && value !== shipped;

/** All questions, in the order in which a person is asked. */
export const QUESTIONS: readonly Question[] = [
  {
    name: "account",
    asks: "AWS account",
    expected: `the account's 12 digits, not AWS's example ${EXAMPLE_ACCOUNT_ID}`,
    accepts: (value) => accountId().safeParse(value).success && value !== EXAMPLE_ACCOUNT_ID,
  },
  {
    name: "region",
    asks: "Region of the platform",
    expected: `one of ${REGIONS.join(", ")}`,
    accepts: isRegion,
  },
  {
    name: "copy-region",
    asks: "Region of the copies, in which the platform recovers",
    expected: `another one of ${REGIONS.join(", ")}`,
    accepts: isRegion,
  },
  {
    name: "domain",
    asks: "Domain, below which app. and api. become hosts, or none for a first try of a stack other than production",
    expected: "none, or a lower-case domain that can be registered, such as acme-crm.com",
    accepts: (value) => value === NONE || isDomain(value),
  },
  {
    name: "repository",
    asks: "Repository on GitHub",
    expected: "owner/name",
    accepts: (value) => /^[A-Za-z0-9][\w-]{0,38}\/[\w.-]{1,100}$/.test(value),
  },
  {
    name: "owner-id",
    asks: "Number of the repository's owner",
    expected: `the owner's number, which ${GH_API} prints first`,
    accepts: (value) => isId(value, SHIPPED["owner-id"]),
  },
  {
    name: "repository-id",
    asks: "Number of the repository",
    expected: `the repository's number, which ${GH_API} prints second`,
    accepts: (value) => isId(value, SHIPPED["repository-id"]),
  },
  {
    name: "reviewers",
    asks: "GitHub team or user who must review changes of roles and workflows",
    expected: "@organization/team or @login, as CODEOWNERS has it",
    accepts: (value) =>
      /^@[A-Za-z0-9][\w-]{0,38}(\/[\w.-]{1,100})?$/.test(value) && value !== SHIPPED.reviewers,
  },
  {
    name: "team",
    asks: "Mailbox of the team that owns the platform",
    expected: "a mailbox of a domain that can be registered, such as platform@acme-crm.com",
    accepts: isMailbox,
  },
  {
    name: "alerts",
    asks: "Mailbox that alarms go to",
    expected: "a mailbox of a domain that can be registered, such as alerts@acme-crm.com",
    accepts: isMailbox,
  },
  {
    name: "phone",
    asks: "Phone number for production's alarms, or none",
    expected: "none, or a number with + and the country's code (E.164) such as +4915112345678",
    accepts: (value) => value === NONE || isPhone(value),
  },
  {
    name: "stacks",
    asks: "Stacks that get these values",
    expected: "names of stacks with commas between them",
    accepts: (value) => /^[\w-]+(,[\w-]+)*$/.test(value),
  },
  {
    name: "suffix",
    asks: "Suffix of bucket names, which must be unique across AWS",
    expected: "1 to 9 lower-case letters and digits, and another word than prod and staging",
    accepts: (value) => /^[a-z0-9]{1,9}$/.test(value) && !SHIPPED_SUFFIXES.includes(value),
  },
];

/** The question of a name. */
export function questionOf(name: AnswerName): Question {
  return QUESTIONS.find((question) => question.name === name)!;
}

/** What is wrong with answers, all at once. */
export function answerProblems(answers: Readonly<Partial<Answers>>): string[] {
  const problems = QUESTIONS.flatMap(({ name, expected, accepts }) => {
    const value = answers[name];
    return value === undefined || accepts(value)
      ? []
      : [`${name}: expected ${expected}, got ${JSON.stringify(value)}`];
  });
  if (answers.region !== undefined && answers.region === answers["copy-region"]) {
    problems.push(`copy-region: expected another region than region, got "${answers.region}"`);
  }
  return problems;
}
