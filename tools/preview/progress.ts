import type { Progress } from "./index";

/** A progress line of the preview. */
export interface ProgressLine {
  /** Absent without a terminal. */
  update?: (progress: Progress) => void;
  /** Removes the line. */
  clear: () => void;
}

const words: Record<Progress["phase"], (resources: number) => string> = {
  loading: () => "loading the program and its policies",
  registering: (resources) => `${resources} resources`,
  judging: (resources) => `${resources} resources, checking policies`,
};

/** Shows progress on a terminal in one line that overwrites itself; elsewhere shows nothing. */
export function showProgress(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { clear: () => {} };
  let shown = 0;
  const minimumMs = 60;
  return {
    update: ({ phase, resources }) => {
      const now = performance.now();
      if (phase === "registering" && now - shown < minimumMs) return;
      shown = now;
      stream.write(`\r\u001b[K${words[phase](resources)} …`);
    },
    clear: () => {
      if (shown) stream.write("\r\u001b[K");
    },
  };
}
