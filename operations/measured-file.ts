/** Writes what was measured on a stack into `Pulumi.<stack>.measured.json`, which wins over facts and assumptions. */
import * as fs from "node:fs";
import * as path from "node:path";

import type { OwnAssumptions } from "../analysis/capacity/assumed";
import type { Measured } from "../analysis/plan/model";
import { isSameCase, type MeasuredDuration } from "../facts/duration-rows";
import { readMeasured } from "../tools/preview/engine/measured";

/** What a command measured. */
export interface NewlyMeasured {
  readonly durations?: readonly MeasuredDuration[];
  readonly services?: NonNullable<OwnAssumptions["services"]>;
  readonly queues?: NonNullable<OwnAssumptions["queues"]>;
}

/** Adds what was measured, in place of what was measured before of the same. @returns the name of the file */
export function addMeasured(root: string, stack: string, newly: NewlyMeasured): string {
  const name = `Pulumi.${stack}.measured.json`;
  const file = path.join(root, name);
  const before: Measured = fs.existsSync(file) ? readMeasured(file) : { durations: [], usage: {} };
  const { durations = [], services = {}, queues = {} } = newly;
  const hasNew = Object.keys({ ...services, ...queues }).length > 0;
  const after = {
    durations: [
      ...before.durations.filter((one) => !durations.some((other) => isSameStep(one, other))),
      ...durations,
    ],
    usage: before.usage,
    ...((before.capacity !== undefined || hasNew) && {
      capacity: {
        ...before.capacity,
        services: merged(before.capacity?.services, services),
        ...(Object.keys(queues).length > 0 && {
          queues: merged(before.capacity?.queues, queues),
        }),
      },
    }),
  };
  const part = `${file}.part`;
  fs.writeFileSync(part, textOf(after));
  // The reader checks it before it replaces the old file.
  readMeasured(part);
  fs.renameSync(part, file);
  return name;
}

type Named = NonNullable<OwnAssumptions["services"]>;

function merged(known: Named = {}, newly: Named): Named {
  const entries = Object.entries(newly);
  return {
    ...known,
    ...Object.fromEntries(entries.map(([key, values]) => [key, { ...known[key], ...values }])),
  };
}

function isSameStep(one: MeasuredDuration, other: MeasuredDuration): boolean {
  return "key" in one
    ? "key" in other && one.key === other.key
    : "type" in other && one.type === other.type && isSameCase(one.when, other.when);
}

/** As the formatter writes it: a range stands in one line. */
function textOf(document: object): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replace(/\[\s+([-\d.e]+),\s+([-\d.e]+)\s+\]/g, "[$1, $2]")}\n`;
}
