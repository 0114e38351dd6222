// Two competitions in one window: one solved, one not yet.
import fs from "node:fs";
import path from "node:path";
import { expect } from "../checks.mjs";
import { choices, newProfile, openFolder, readTree, runCommand, until } from "../driver.mjs";

export default async function play(e2e) {
  const { checks, processes } = e2e;
  const solved = e2e.solved("first");
  const other = e2e.copy("second");
  const workspace = path.join(e2e.work, "both.code-workspace");
  fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: solved }, { path: other }] }));
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();

  await checks.check(page, "one daemon serves both folders", async () => {
    await openFolder(page, e2e.server.url, workspace);
    await page.locator(".activitybar .action-label[aria-label^='iiML']").click();
    const rows = await readTree(page, "Competition", /\d/);
    await until(() => processes.daemons().length === 1, "one daemon");
    return rows;
  });
  await checks.check(page, "solving asks which one", async () => {
    await runCommand(page, "iiml: Solve Competition");
    const rows = await choices(page, { contains: /second/ });
    expect(rows.some((row) => row.includes("first")), rows.join("\n"));
    await page.keyboard.press("Escape");
    return rows;
  });
  await profile.close();
}
