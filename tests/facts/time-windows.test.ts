import assert from "node:assert/strict";

import {
  dailyWindows,
  isInWindow,
  weeklyWindow,
  windowsOverlap,
  type Window,
} from "../../facts/time-windows";

describe("Windows of the week", () => {
  const meets = (daily: string, weekly: string) =>
    dailyWindows(daily).some((window: Window) => windowsOverlap(window, weeklyWindow(weekly)));

  it("lets one window begin when the other ends", () => {
    assert.equal(meets("03:00-04:00", "sun:04:00-sun:05:00"), false);
    assert.equal(meets("05:00-06:00", "sun:04:00-sun:05:00"), false);
  });

  it("detects a shared minute, on any day", () => {
    assert.equal(meets("03:00-04:01", "sun:04:00-sun:05:00"), true);
    assert.equal(meets("04:59-06:00", "wed:04:00-wed:05:00"), true);
    assert.equal(meets("02:00-08:00", "fri:04:00-fri:05:00"), true);
  });

  it("follows windows over midnight and over the week's end", () => {
    assert.equal(meets("23:30-00:30", "mon:00:00-mon:01:00"), true);
    assert.equal(meets("00:00-00:30", "sun:23:30-mon:00:15"), true);
    assert.equal(meets("00:15-00:45", "sun:23:30-mon:00:15"), false);
  });

  it("say what falls into them, or into the hour before, as AWS Backup's starts of a database's backup do", () => {
    // AWS Backup Developer Guide, "Monitoring AWS Backup metrics with CloudWatch", NumberOfBackupJobsFailed.
    const sunday = weeklyWindow("sun:04:00-sun:05:00");
    const inside = (time: string, window = sunday) =>
      isInWindow(new Date(`2024-${time}:00Z`), window, 60);
    // 7 January 2024 is a Sunday.
    for (const lost of ["01-07T03:00", "01-07T04:00", "01-07T04:59", "07-07T03:30"]) {
      assert.equal(inside(lost), true, lost);
    }
    for (const kept of ["01-07T02:59", "01-07T05:00", "01-06T04:00", "01-08T04:30"]) {
      assert.equal(inside(kept), false, kept);
    }
    const monday = weeklyWindow("sun:23:30-mon:00:30");
    assert.equal(inside("01-07T22:30", monday), true);
    assert.equal(inside("01-08T00:29", monday), true);
    assert.equal(inside("01-08T00:30", monday), false);
    assert.equal(inside("01-07T23:30", weeklyWindow("mon:00:00-mon:01:00")), true);
    assert.equal(
      dailyWindows("23:30-00:30").filter((window) => inside("01-07T22:30", window)).length,
      1,
    );
  });
});
