import assert from "node:assert/strict";

import { StackGraph } from "../../analysis/graph";
import { read, shown, UNKNOWN } from "../../analysis/properties";
import { canonicalType } from "../../facts/twin-types";
import { type Sample, stackOf, UNKNOWN_TEXT } from "../policy-pack/support";

const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const block = (name: string, bucket: unknown, references?: string[]): Sample => ({
  type: BLOCK,
  name,
  props: bucket === undefined ? {} : { bucket },
  references: references && { bucket: references },
});

function graphOf(...samples: Sample[]) {
  const graph = StackGraph.of(stackOf(samples));
  const node = (name: string) => graph.nodes.find((candidate) => candidate.name === name)!;
  const referred = (name: string) => {
    const found = graph.referred(node(name), "bucket", BUCKET);
    return found === UNKNOWN ? "unknown" : found.map((one) => one.name);
  };
  return { graph, node, referred };
}

describe("policy pack: graph", () => {
  const a: Sample = { type: BUCKET, name: "a", props: { bucket: "crm-a", id: "crm-a" } };
  const b: Sample = {
    type: "aws:s3/bucketV2:BucketV2",
    name: "b",
    props: { bucket: UNKNOWN_TEXT },
  };

  it("references are found by dependency and by name", () => {
    const { referred } = graphOf(
      ...[a, b],
      block("by name", "crm-a"),
      block("by dependency", UNKNOWN_TEXT, ["b"]),
      block("absent", undefined),
      block("elsewhere", "another"),
      block("unknown", UNKNOWN_TEXT),
      block("both", ["crm-a", UNKNOWN_TEXT], ["a", "b"]),
      block("known, with more dependencies", "crm-a", ["a", "b"]),
      block("of another type", UNKNOWN_TEXT, ["by name"]),
    );
    assert.deepEqual(referred("by name"), ["a"]);
    assert.deepEqual(referred("by dependency"), ["b"]);
    assert.deepEqual(referred("absent"), []);
    assert.equal(referred("elsewhere"), "unknown");
    assert.equal(referred("unknown"), "unknown");
    assert.deepEqual(referred("both"), ["a", "b"]);
    assert.deepEqual(referred("known, with more dependencies"), ["a"]);
    assert.equal(referred("of another type"), "unknown");
  });

  it("references are found from the other end; a foreign one is placed, an unknown one is not", () => {
    const { graph, node } = graphOf(
      ...[a, b],
      block("one", "crm-a"),
      block("two", UNKNOWN_TEXT, ["a"]),
      block("elsewhere", "another"),
      block("unknown", UNKNOWN_TEXT),
    );
    const names = (nodes: readonly { name: string }[]) => nodes.map(({ name }) => name);
    assert.deepEqual(names(graph.referring(node("a"), BLOCK, "bucket")), ["one", "two"]);
    assert.deepEqual(names(graph.referring(node("b"), BLOCK, "bucket")), []);
    assert.deepEqual(names(graph.unplaced(BLOCK, "bucket", BUCKET)), ["unknown"]);
    assert.deepEqual(graph.external(node("elsewhere"), "bucket", BUCKET), ["another"]);
    assert.deepEqual(graph.external(node("one"), "bucket", BUCKET), []);
  });

  it("twin tokens are one type", () => {
    const { graph } = graphOf(a, b);
    assert.equal(graph.ofType(BUCKET).length, 2);
    assert.equal(canonicalType("aws:alb/listener:Listener"), "aws:lb/listener:Listener");
    assert.equal(
      canonicalType("aws:applicationloadbalancing/targetGroup:TargetGroup"),
      "aws:lb/targetGroup:TargetGroup",
    );
    assert.equal(canonicalType("aws:sqs/queue:Queue"), "aws:sqs/queue:Queue");
  });

  it("a resource's own region is no property of it, whether AWS has told it or not", () => {
    const queue = (region?: string): Sample => ({
      type: "aws:sqs/queue:Queue",
      props: { name: "q", ...(region && { region }) },
      provider: { region: "us-east-1" },
    });
    const regionsOf = (...samples: Sample[]) =>
      StackGraph.of(stackOf(samples)).nodes.map(({ properties }) => properties["region"]);
    const told = ["us-east-1", UNKNOWN_TEXT, "us-west-2", undefined];
    assert.deepEqual(regionsOf(...told.map(queue)), [undefined, undefined, "us-west-2", undefined]);
    const derived = { ...queue(UNKNOWN_TEXT), name: "b", references: { region: ["a"] } };
    assert.deepEqual(regionsOf({ ...queue(), name: "a" }, derived), [undefined, UNKNOWN_TEXT]);
  });

  it("each of 1,000 resources finds what refers to it", () => {
    const buckets = Array.from({ length: 1000 }, (_, index): Sample => {
      return { type: BUCKET, name: `b${index}`, props: { bucket: `crm-${index}` } };
    });
    const blocks = buckets.map((_, index) => block(`p${index}`, `crm-${index}`));
    const { graph } = graphOf(...buckets, ...blocks);
    for (const bucket of graph.ofType(BUCKET)) {
      assert.equal(graph.referring(bucket, BLOCK, "bucket").length, 1);
    }
  });

  it("values are read by path, as far as they are known", () => {
    const properties = { list: [{ value: 1 }, UNKNOWN_TEXT], text: "abc", nothing: null };
    assert.equal(read(properties, "list[0].value"), 1);
    assert.equal(read(properties, "list[1].value"), UNKNOWN);
    assert.equal(read(properties, "list[2].value"), undefined);
    assert.equal(read(properties, "text.length"), undefined);
    assert.equal(read(properties, "nothing"), undefined);
    assert.equal(read(properties, "constructor"), undefined);
  });

  it("only settings are shown", () => {
    assert.equal(shown("TCP", "ingress[0].protocol"), '"TCP"');
    assert.equal(shown("alias/crm-data", "performanceInsightsKmsKeyId"), '"alias/crm-data"');
    assert.equal(shown("hunter2", "password"), "another text");
    assert.equal(shown("x".repeat(101), "type"), "another text");
    assert.equal(shown(undefined, "type"), "not set");
    assert.equal(shown({ password: "hunter2" }, "type"), "something else");
    assert.equal(shown(false), "false");
  });
});
