/** What a comparison says, as the page shows it: the words of the terminal, each resource by its position. */
import type { PropertyBag } from "../../../analysis/plan/model";
import { parseUrn, shortType } from "../../../analysis/plan/urn";
import { failed, type StackDiff } from "../../diff/document";
import { headline } from "../../diff/headline";
import {
  findingText,
  ignoredLine,
  meaningOf,
  orderOf,
  propertyLine,
  shownChanges,
} from "../../diff/text";
import type { Position } from "./position";

/** The data of the tab; of a side that fails its error and nothing else. */
export function changesData(diff: StackDiff, position: Position): PropertyBag {
  if (failed(diff)) {
    const errors = diff.error.failures.map(({ message }) => message);
    return { headline: headline(diff), errors };
  }
  return {
    headline: headline(diff),
    notes: diff.notes,
    findings: diff.findings.map((finding) => ({
      ...{ class: finding.class, says: findingText(finding), resource: position(finding.urn) },
    })),
    resources: shownChanges(diff.changes).map((change) => ({
      ...{ op: change.op, name: change.name, type: shortType(change.type) },
      resource: position(change.urn),
      ...(!change.certain && { possibly: 1 }),
      ...(change.renamedFrom !== undefined && { from: parseUrn(change.renamedFrom).name }),
      ...(change.manner !== undefined && { order: orderOf(change) }),
      properties: [
        ...change.properties.map((property) => propertyLine(property, change)),
        ...change.ignored.map(ignoredLine),
      ],
    })),
    meaning: meaningOf(diff),
  };
}
