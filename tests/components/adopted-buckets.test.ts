/** Buckets that another stack made and this one uses: `crm:storage.adopted`. */
import assert from "node:assert/strict";

import { resolveLinks } from "../../platform/link-resolver";
import { linkEnvironment, linkStatements } from "../../platform/links";
import { storageRules, storageSchema } from "../../schema/storage";
import { eventingConfig, planEventing, statements } from "../support/eventing";
import { arns, names } from "../support/fixtures";
import { planOf } from "../support/plans";
import { problems } from "../support/stack-files";
import { planStorage, storageConfig, storageInput } from "../support/storage";

const COPY = { bucketName: "crm-invoices-backup-west", keyAlias: "alias/crm-storage-replica" };
const KEYS = {
  storage: {
    keyAlias: "alias/crm-storage",
    managedBuckets: [],
    adopted: { invoices: COPY, plain: { bucketName: "plain-copy" } },
  },
  messaging: "alias/crm-messaging",
};

/** What the section says of `adopted`, as `path: expected`. */
function adoptedProblems(adopted: Record<string, unknown>): string[] {
  const parsed = storageSchema.safeParse({ ...storageInput(), adopted });
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  const found: string[] = [];
  storageRules(parsed.data, (path, _given, expected) => {
    found.push(`${path.join(".")}: ${expected}`);
  });
  return found;
}

describe("Adopted buckets", () => {
  it("are none unless the stack file names some", () => {
    assert.deepEqual(storageConfig().adopted, {});
    assert.deepEqual(adoptedProblems({ invoices: COPY, plain: { bucketName: "plain-copy" } }), []);
  });

  const refused: [string, Record<string, unknown>, string][] = [
    [
      "the key of a bucket that the stack makes",
      { backups: COPY },
      "adopted.backups: a key that no bucket of the stack has",
    ],
    [
      "the bucket of access logs",
      { "access-logs": COPY },
      "adopted.access-logs: a key that no bucket of the stack has",
    ],
    [
      "a name that no bucket can have",
      { invoices: { bucketName: "Invoices" } },
      "adopted.invoices.bucketName: a bucket's name without dots",
    ],
    ["no name", { invoices: {} }, "adopted.invoices.bucketName: a bucket's name without dots"],
    [
      "a key by its ARN",
      { invoices: { ...COPY, keyAlias: "arn:aws:kms:us-west-2:123456789012:key/1" } },
      "adopted.invoices.keyAlias: a key's alias such as alias/crm-storage",
    ],
  ];
  for (const [what, adopted, expected] of refused) {
    it(`refuse ${what}`, () => assert.deepEqual(adoptedProblems(adopted), [expected]));
  }

  it("are not created: the storage is the same with them", async () => {
    const list = async (adopted: Record<string, unknown>) => {
      const plan = await planStorage(storageConfig((input) => (input["adopted"] = adopted)));
      return plan.all.map(({ type, name }) => `${type} ${name}`).sort();
    };
    assert.deepEqual(await list({ invoices: COPY }), await list({}));
  });

  const objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"];
  const accesses = [
    ["read", ["s3:ListBucket"], ["s3:GetObject"], ["kms:Decrypt"]],
    ["write", [], objects.slice(1), ["kms:GenerateDataKey", "kms:Decrypt"]],
    ["read-write", ["s3:ListBucket"], objects, ["kms:GenerateDataKey", "kms:Decrypt"]],
  ] as const;
  for (const [access, list, object, key] of accesses) {
    it(`give a link for ${access} their own name and key`, () => {
      const links = resolveLinks(arns, names, KEYS, [{ bucket: "invoices", access }]);
      assert.deepEqual(linkEnvironment(links), { INVOICES_BUCKET: COPY.bucketName });
      const byResource = linkStatements(links).map(({ resources, actions }) => [
        resources,
        actions,
      ]);
      const bucket = `arn:aws:s3:::${COPY.bucketName}`;
      assert.deepEqual(byResource, [
        ...(list.length > 0 ? [[[bucket], list]] : []),
        [[`${bucket}/*`], object],
        [["arn:aws:kms:us-east-1:123456789012:key/*"], key],
      ]);
      const conditions = linkStatements(links).flatMap(({ conditions: given }) =>
        given === undefined ? [] : [given],
      );
      assert.deepEqual(
        conditions.map((given) => given["ForAnyValue:StringEquals"]!["kms:ResourceAliases"]),
        [COPY.keyAlias],
      );
    });
  }

  it("need no right to a key that S3 manages", () => {
    const links = resolveLinks(arns, names, KEYS, [{ bucket: "plain", access: "read-write" }]);
    assert.deepEqual(
      linkStatements(links).map(({ sid }) => sid),
      ["ListPlain", "ObjectsPlain"],
    );
  });

  it("are linked to functions as well", async () => {
    const config = eventingConfig((input) => {
      input["functions"]["analytics-aggregator"].links = [{ bucket: "invoices", access: "read" }];
    });
    const plan = await planEventing(config, {}, undefined, { invoices: COPY });
    const fn = plan.get("aws:lambda/function:Function", "crm-eventing-analytics-aggregator");
    assert.equal(fn.inputs["environment"].variables.INVOICES_BUCKET, COPY.bucketName);
    const [policy] = plan
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ name }) => name.includes("analytics-aggregator-role"));
    const text = JSON.stringify(statements(String(policy!.inputs["policy"])));
    assert.match(text, /arn:aws:s3:::crm-invoices-backup-west/);
    assert.match(text, /alias\/crm-storage-replica/);
    assert.doesNotMatch(text, /crm-invoices-prod/);
  });

  it("may be linked, but call no function: their notifications are another stack's", () => {
    const adopt = (sections: Record<string, any>) => {
      sections["storage"].adopted = { invoices: COPY };
      return sections;
    };
    assert.deepEqual(
      problems("production", (sections) => {
        adopt(sections)["services"].core.links.push({ bucket: "invoices", access: "read" });
      }),
      [],
    );
    const [message] = problems("production", (sections) => {
      const functions = adopt(sections)["eventing"].functions;
      functions["report-generator"].triggers.objectCreated.bucket = "invoices";
    });
    assert.match(
      message!,
      /objectCreated.bucket: expected one of the stack's buckets.*, got "invoices"/,
    );
  });

  it("are in no backup plan of the stack that uses them", async () => {
    const recovery = await planOf("recovery");
    const selected = recovery.resources
      .filter(({ type }) => type === "aws:backup/selection:Selection")
      .flatMap(({ inputs }) => inputs["resources"] as string[]);
    assert.ok(selected.length > 0);
    assert.ok(
      selected.every((arn) => !arn.includes("crm-user-uploads")),
      selected.join(),
    );
  });
});
