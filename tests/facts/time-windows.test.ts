import assert from "node:assert/strict";

import { dailyWindows, weeklyWindow, windowsOverlap, type Window } from "../../facts/time-windows";

describe("Windows of the week", () => {
  const meets = (daily: string, weekly: string) =>
    dailyWindows(daily).some((window: Window) => windowsOverlap(window, weeklyWindow(weekly)));

  it("lets one window begin when the other ends", () => {
    assert.equal(meets("03:00-04:00", "sun:04:00-sun:05:00"), false);
    assert.equal(meets("05:00-06:00", "sun:04:00-sun:05:00"), false);
  });

  it("sees a shared minute, on whatever day", () => {
    assert.equal(meets("03:00-04:01", "sun:04:00-sun:05:00"), true);
    assert.equal(meets("04:59-06:00", "wed:04:00-wed:05:00"), true);
    assert.equal(meets("02:00-08:00", "fri:04:00-fri:05:00"), true);
  });

  it("follows windows over midnight and over the week's end", () => {
    assert.equal(meets("23:30-00:30", "mon:00:00-mon:01:00"), true);
    assert.equal(meets("00:00-00:30", "sun:23:30-mon:00:15"), true);
    assert.equal(meets("00:15-00:45", "sun:23:30-mon:00:15"), false);
  });
});
