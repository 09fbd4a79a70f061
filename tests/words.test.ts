/** Phrases that are never right in a text of this repository, each with what to write instead. */
import { strict as assert } from "node:assert";
import fs from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "..");

/** What is refused, as a case-insensitive regular expression, and what to write instead. */
const NEVER: readonly (readonly [phrase: string, instead: string])[] = [
  [String.raw`\bmend(?:s|ed|ing)?\b`, "fix, fixed"],
  [String.raw`\btaken in\b`, "ingested, stored"],
  [String.raw`\bhand(?:s|ed)?(?: [\w-]+){1,3} on\b`, "delegate, forward, pass on"],
  [String.raw`\bis run again\b`, "run it again"],
  [String.raw`\b(?:block|service) more\b`, "to add a service, add a block"],
  [String.raw`\bwhomever\b`, "name the principal or the person"],
  [String.raw`\bqueues? of dead letters\b`, "dead-letter queue"],
  [String.raw`\bway of (?:a|an|the) (?:request|event)\b`, "path, route"],
  [String.raw`\bhad back\b`, "restored, cancelled"],
  [String.raw`\bput back to any second\b`, "point-in-time recovery"],
  [String.raw`\bnobody knows what\b`, "not known"],
  [String.raw`\btells somebody\b`, "notifies, and name the receiver"],
  [String.raw`\bsomebody hears\b`, "an event subscription covers it"],
  [String.raw`\blets? nobody\b`, "denies, prevents"],
  [String.raw`\bgone on with\b`, "resumed"],
  [String.raw`\bby its looks\b`, "looks like"],
  [String.raw`\bknows no names\b`, "has no exceptions by name"],
  [String.raw`\bcomes and goes\b`, "is temporary"],
  [String.raw`\bof its own accord\b`, "automatically, by default"],
  [String.raw`\bconsider another than\b`, "consider a non-default value"],
  [String.raw`\btakes over by itself\b`, "fails over automatically"],
  [String.raw`\bpaid by itself\b`, "billed separately"],
  [String.raw`\bchosen by itself\b`, "is required; has no default"],
  [String.raw`\bgoes on by itself\b`, "continues"],
  [String.raw`\bcalls? (?:people|nobody|somebody|anybody)\b`, "fires, notifies the person on call"],
  [String.raw`\bwakes? (?:people|nobody|somebody)\b`, "notifies the person on call"],
  [String.raw`\btells? nobody\b`, "is muted, has no receiver"],
  [String.raw`\b(?:somebody|who) hears\b`, "is notified, and name the receiver"],
  [String.raw`\bnobody (?:has noted|may read)\b`, "not recorded, not public"],
  [String.raw`\bthe world has\b`, "a public resolver returns"],
  [String.raw`\bthe safe way\b`, "the safe procedure"],
  [String.raw`\bnothing to fear\b`, "no risk found"],
  [String.raw`\b(?:has|have) no objection\b`, "no violation"],
  [String.raw`\bwhich (?:[\w.]+ ){1,3}demands\b`, "as X requires"],
  [String.raw`\bat (?:its|their) most\b`, "at its maximum"],
  [String.raw`\b(?:is|are|to be) had\b`, "exists, is available"],
  [String.raw`\bsees? to it\b`, "ensures"],
  [String.raw`\bfor good measure\b`, "name the reserve"],
  [String.raw`\b(?:given|got|found); [^.;(]{1,80} expected\b`, "expected WHAT, got VALUE"],
];

/** The same of sources and pages alone: the titles of tests have persons and values of all kinds. */
const NEVER_OUTSIDE_TESTS: typeof NEVER = [
  [
    String.raw`\b(?:nobody|somebody|whoever)\b`,
    "name the person or the thing, or say what is not done",
  ],
  [String.raw`\banew\b`, "again, recreate, rewrite"],
  [String.raw`\b(?:is|are|be) taken back\b`, "rolled back, lifted, cancelled"],
];

/** Texts that are planned: a word is no reason for a change of resources. The glossary has the words that are not right. */
const PLANNED = new RegExp(
  [
    "^tests/",
    "^CONTRIBUTING\\.md$",
    "^functions/",
    "^components/(?:edge/standby-health|recovery/backup-ages|recovery/region-watch)\\.ts$",
    "^components/(?:observability/alarms/work|service/service-alarms)\\.ts$",
  ].join("|"),
);

/** Folders that hold no text of ours. */
const FOLDERS_LEFT_OUT = new Set(["node_modules", ".git", "golden"]);

/**
 * Files left out: lock file, the lists of wrong phrases, what an owner of a deployment edits (the tests' own copies are read), and pages
 * that `npm run accept` generates from the sources read here.
 */
const LEFT_OUT = [
  /^package-lock\.json$/,
  // The lists of what is wrong.
  /^tests\/(?:words|messages)\.test\.ts$/,
  /^(?:bootstrap\/)?Pulumi\.\w+(?:\.measured)?\.(?:ya?ml|json)$/,
  /^(?:policy-pack\/config\.\w+|analysis\/cost\/usage|guard-exceptions|about)\.json$/,
  /^(?:operations\/accepted|capacity)\//,
  /^(?:answers\.yaml|\.github\/CODEOWNERS)$/,
  /^(?:tests\/fixtures\/pages\/)?docs\/(?:policies|configuration|conformance|request-ways|architecture)\.md$/,
];

const TEXT = /\.(?:ts|js|mjs|cjs|json|md|ya?ml|sh|py|css)$|^\.ci\/run$/;

describe("words", () => {
  it("has no phrase for which there is a plainer one", () => {
    const files = filesBelow("").filter((file) => TEXT.test(file));
    assert.ok(files.length > 500, `${files.length} files`);
    assert.deepEqual(
      files.flatMap((file) => found(file, fs.readFileSync(path.join(ROOT, file), "utf8"))),
      [],
    );
  });

  it("finds each phrase, in any case and across a line's end", () => {
    const text = " * The queue is Mended and\n * taken\n * in: ask whomever.";
    assert.deepEqual(found("a.ts", text), [
      "a.ts:1: Mended: write fix, fixed",
      "a.ts:2: taken in: write ingested, stored",
      "a.ts:3: whomever: write name the principal or the person",
    ]);
  });
});

/** The phrases of a text, with their lines. A phrase may go over a line's end, in a comment too. */
function found(file: string, text: string): string[] {
  const joined = text.replace(/[ \t]*\n[ \t]*(?:\*|\/\/|#|>)?[ \t]*/g, "\n");
  const never = PLANNED.test(file) ? NEVER : [...NEVER, ...NEVER_OUTSIDE_TESTS];
  return never.flatMap(([phrase, instead]) =>
    [...joined.matchAll(new RegExp(phrase.replaceAll(" ", String.raw`\s`), "gi"))].map((match) => {
      const line = joined.slice(0, match.index).split("\n").length;
      return `${file}:${line}: ${match[0].replace(/\s/g, " ")}: write ${instead}`;
    }),
  );
}

/** The files of a folder and its folders, by their paths below the root. */
function filesBelow(folder: string): string[] {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return FOLDERS_LEFT_OUT.has(entry.name) ? [] : filesBelow(name);
    return entry.isFile() && !LEFT_OUT.some((pattern) => pattern.test(name)) ? [name] : [];
  });
}
