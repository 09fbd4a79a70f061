/** What blocks and arguments of Terraform itself say. */
import type { Block, Body } from "./hcl";

/** Blocks with each `dynamic` one as the block that it makes. */
export function expanded(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => {
    const content = block.body.blocks.find(({ type }) => type === "content");
    return block.type === "dynamic" && content !== undefined
      ? { type: block.labels[0]!, labels: [], body: content.body }
      : block;
  });
}

/** Terraform deletes the old resource first unless it is told not to; Pulumi creates the new one first. */
export function createsFirst({ blocks }: Body): boolean {
  const lifecycle = blocks.find(({ type }) => type === "lifecycle");
  const value = lifecycle?.body.attributes.get("create_before_destroy");
  return value?.kind === "value" && value.value === true;
}

/** Whether an example makes none of a resource. */
export function isNone({ attributes }: Body): boolean {
  const count = attributes.get("count");
  return count?.kind === "value" && count.value === 0;
}
