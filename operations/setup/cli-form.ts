/**
 * Stack files in the form in which Pulumi's command line writes them, so that `pulumi config set` changes its own line and no
 * other. It writes with go-yaml: flow collections without spaces inside, no blank lines, no folded lines, a plain value directly
 * below `config` that reads as a number or a word of YAML in quotes. tests/programs/config-set.programs.ts asks it.
 */
import { type Document, isMap, isScalar, Scalar, visit } from "yaml";

/** Characters with which go-yaml quotes a value inside brackets. Source: go-yaml, emitterc.go, `flow_indicators`. */
const FLOW_INDICATORS = /[,?[\]{}:]/;

/** The document's text. Comments and quotes stay as they are. */
export function cliText(document: Document): string {
  visit(document, {
    Node: (_, node, ancestors) => {
      node.spaceBefore = false;
      const inFlow = ancestors.some((one) => "flow" in one && one.flow === true);
      if (isScalar(node) && inFlow && isPlain(node) && FLOW_INDICATORS.test(String(node.value))) {
        node.type = Scalar.QUOTE_SINGLE;
      }
    },
  });
  const config = document.get("config");
  for (const { value } of isMap(config) ? config.items : []) {
    if (isScalar(value) && typeof value.value !== "string" && value.value !== null) {
      value.value = value.source ?? JSON.stringify(value.value);
      value.type = Scalar.QUOTE_DOUBLE;
    }
  }
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 });
}

function isPlain({ type, value }: Scalar): boolean {
  return typeof value === "string" && (type === undefined || type === Scalar.PLAIN);
}
