/** Names of ECR's repositories: ours is AWS's own pattern. */
import assert from "node:assert/strict";

import { REPOSITORY_NAMES } from "../../facts/name-lengths";
import published from "../../facts/resource-schemas.json";

describe("names of repositories", () => {
  it("are those that AWS's published schema accepts", () => {
    const schemas = published.types as unknown as Record<
      string,
      { properties: Record<string, { pattern: string }> }
    >;
    const { pattern } = schemas["AWS::ECR::Repository"]!.properties["RepositoryName"]!;
    const [theirs, ours] = [new RegExp(pattern), new RegExp(`^${REPOSITORY_NAMES.pattern}$`)];
    const parts = ["a", "team", "0", "/", ".", "_", "__", "-", "--", "A", "@", " "];
    const names = parts.flatMap((one) =>
      parts.flatMap((two) => parts.flatMap((three) => [one + two, one + two + three])),
    );
    names.push("a".repeat(256), "a".repeat(257), "team/core-api/1.2", "team/_core");
    assert.ok(names.some((name) => theirs.test(name)));
    for (const name of names) assert.equal(ours.test(name), theirs.test(name), name);
  });
});
