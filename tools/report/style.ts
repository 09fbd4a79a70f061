import { styleText } from "node:util";

/** Where text is written: how wide, and whether colours are understood. */
export interface Terminal {
  /** Columns; lines are cut to it where that loses nothing that matters. */
  width: number;
  color: boolean;
}

const FORMATS = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

/** Puts text in colours, or leaves it as it is. */
export type Paint = Record<(typeof FORMATS)[number], (text: string) => string>;

/** The colours of a terminal. */
export function paintFor({ color }: Terminal): Paint {
  // The stream is checked once, by terminalOf: Node.js would look at standard output for each text.
  const entries = FORMATS.map((format) => [
    format,
    (text: string) => (color && text ? styleText(format, text, { validateStream: false }) : text),
  ]);
  return Object.fromEntries(entries) as Paint;
}

/**
 * What a stream can show. Colours are off when it is no terminal or `NO_COLOR` is set; `FORCE_COLOR` decides before both:
 * off for 0 and false, else on. Sources: no-color.org; Node.js, "Command-line API", FORCE_COLOR.
 */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number },
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM } = env;
  const color =
    forced === undefined
      ? Boolean(stream.isTTY) && !none && TERM !== "dumb"
      : forced !== "0" && forced !== "false";
  return { width: stream.columns ?? 120, color };
}

/** Cuts text to a width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Breaks text into lines of at most a width, between words; longer words stand alone. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line ? `${line} ${word}` : word;
      }
    }
    return [...lines, line];
  });
}
