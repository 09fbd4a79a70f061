/**
 * `npm run image -- where|set <service> --stack <stack>`: where a service's images go, and which of them runs. What the
 * image workflow does with a build is in .github/scripts/image.sh.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import { expectedText, shownValue } from "../facts/problem-text";
import { namesOf } from "../schema/names-of";
import { commandLineOf, requiredText, wrongUsage } from "../tools/commands/options";
import { stackConfigOf, UsageError } from "./platform";

const USAGE = `Usage: npm run image -- where <service> --stack <stack>
       npm run image -- set <service> --stack <stack> --digest sha256:...

where  prints registry=, repository=, region= and platform= of the service's images, as outputs for a workflow step
set    writes the digest into one line of the stack file and changes nothing else`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Where a service's images are pushed to, and for which processor they are built. */
export interface ImagePlace {
  readonly registry: string;
  readonly repository: string;
  readonly region: string;
  /** As Docker names it. */
  readonly platform: "linux/arm64" | "linux/amd64";
}

/** The place of a service's images, from the stack file. @throws where the stack has no such service or repository */
export function imagePlace(stack: string, service: string, root: string): ImagePlace {
  const config = stackConfigOf(stack, root);
  const found = new Map(Object.entries(config.services)).get(service);
  if (found === undefined) {
    const known = Object.keys(config.services).join(", ");
    throw new UsageError(expectedText("<service>", `one of ${known} in stack ${stack}`, service));
  }
  if (!found.repository.create) {
    throw new Error(
      `crm:services.${service}.repository.create: expected true for a stack that images are pushed to, got false`,
    );
  }
  const names = namesOf(config);
  return {
    registry: `${config.accountId}.dkr.ecr.${config.region}.amazonaws.com`,
    repository: names.repository(service, found.repository.name),
    region: config.region,
    platform: found.architecture === "ARM64" ? "linux/arm64" : "linux/amd64",
  };
}

const indentOf = (line: string) => /^ */.exec(line)![0].length;
const isText = (line: string) => /^ *[^\s#]/.test(line);

/** Lines of a block, without the line that names it: those that are deeper. */
function blockAfter(lines: readonly string[], at: number): { from: number; to: number } {
  const depth = indentOf(lines[at]!);
  const end = lines.findIndex(
    (line, index) => index > at && isText(line) && indentOf(line) <= depth,
  );
  return { from: at + 1, to: end === -1 ? lines.length : end };
}

function keyLine(lines: readonly string[], key: string, from: number, to: number): number {
  const found = lines.findIndex(
    (line, index) => index >= from && index < to && new RegExp(`^ *"?${key}"?:(\\s|$)`).test(line),
  );
  return found;
}

/** A stack file's text with the image of a service. @throws where its service is no block of lines */
export function withImage(text: string, service: string, digest: string): string {
  if (!DIGEST.test(digest)) {
    throw new UsageError(
      `--digest: expected sha256: and 64 hexadecimal digits, got ${shownValue(digest)}`,
    );
  }
  const lines = text.split("\n");
  const services = keyLine(lines, "crm:services", 0, lines.length);
  const all = services === -1 ? { from: 0, to: 0 } : blockAfter(lines, services);
  const inside = lines.slice(all.from, all.to).filter(isText).map(indentOf);
  const depth = Math.min(...inside);
  const at = lines.findIndex(
    (line, index) =>
      index >= all.from &&
      index < all.to &&
      indentOf(line) === depth &&
      line.trim().replace(/\s+#.*/, "") === `${service}:`,
  );
  if (at === -1) {
    throw new Error(`crm:services.${service}: expected a block of lines, got none`);
  }
  const block = blockAfter(lines, at);
  const own = lines.slice(block.from, block.to).filter(isText).map(indentOf);
  const indent = " ".repeat(own.length > 0 ? Math.min(...own) : depth + 2);
  const image = lines.findIndex(
    (line, index) => index >= block.from && index < block.to && line.startsWith(`${indent}image:`),
  );
  if (image !== -1) {
    lines[image] = lines[image]!.replace(/^( *image:)\s+\S+/, `$1 ${digest}`);
  } else {
    // Below the comment on it, if it has one.
    let place = block.from;
    while (place < block.to && /^ *#/.test(lines[place]!)) place += 1;
    lines.splice(place, 0, `${indent}image: ${digest}`);
  }
  const written = lines.join("\n");
  const read = parse(written) as { config: Record<string, Record<string, { image?: unknown }>> };
  if (read.config["crm:services"]?.[service]?.image !== digest) {
    throw new Error(`crm:services.${service}.image: expected a line of its own in the stack file`);
  }
  return written;
}

/** The command; returns its exit code. */
export function main(args: readonly string[], root = path.join(__dirname, "..")): number {
  const given = commandLineOf(args, USAGE, {
    options: { stack: { type: "string" }, digest: { type: "string" } },
    required: ["stack"],
    named: ["where or set", "<service>"],
  });
  if (typeof given === "number") return given;
  const [verb, service] = given.named as [string, string];
  const { stack, digest } = given.values;
  if (verb !== "where" && verb !== "set") {
    return wrongUsage(`expected where or set, got ${shownValue(verb)}`, USAGE);
  }
  if (verb === "set" && digest === undefined) return wrongUsage(requiredText(["--digest"]), USAGE);
  if (verb === "where" && digest !== undefined) {
    return wrongUsage(
      `--digest: expected with set alone, got ${shownValue(digest)} with where`,
      USAGE,
    );
  }
  const place = imagePlace(stack, service, root);
  if (digest === undefined) {
    console.log(
      Object.entries(place)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    );
    return 0;
  }
  const file = path.join(root, `Pulumi.${stack}.yaml`);
  fs.writeFileSync(file, withImage(fs.readFileSync(file, "utf8"), service, digest));
  console.log(`${path.basename(file)}: crm:services.${service}.image is ${digest}`);
  return 0;
}
