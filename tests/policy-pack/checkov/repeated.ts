/** Blocks of one address in Terraform, which has to be declared once. */
import type { Body } from "./hcl";

/** What all blocks of one address contain. */
export function blocksOf(files: readonly Body[], address: string): Body[] {
  return files
    .flatMap(({ blocks }) => blocks)
    .filter(({ labels }) => labels.join(".") === address.replace(/^data\./, ""))
    .map(({ body }) => body);
}

/** Addresses that one file declares twice, which Terraform refuses. Folders may hold several modules, files do not. */
export function repeated(files: readonly Body[]): ReadonlySet<string> {
  const addresses = files.map(({ blocks }) =>
    blocks
      .filter(({ type }) => type === "resource" || type === "data")
      .map(({ type, labels }) => [...(type === "data" ? [type] : []), ...labels].join(".")),
  );
  return new Set(addresses.flatMap((list) => list.filter((one, at) => list.indexOf(one) !== at)));
}
