// prep.py broken by hand: told at the place, explained, mended in place, taken back.
import { expect } from "../checks.mjs";
import { goTo, hoverAt, openFile, openFolder, newProfile, quickFix, readProblems, save, sel, visibleLines } from "../driver.mjs";
import { columnToMisspell, firstStep, prepOf } from "../modules.mjs";

const VERIFIED = 60_000;
/** The daemon's environment is made in this, where no scenario went before. */
const MADE = 240_000;

export default async function play(e2e) {
  const { checks } = e2e;
  const folder = e2e.solved("editing");
  const column = columnToMisspell(folder);
  const profile = await newProfile(e2e.browser);
  const page = await profile.newPage();
  const broken = (problems) => problems.some(({ message, line }) => message.includes(column.misspelt) && line === column.line);
  const shows = async (text) => (await visibleLines(page)).some((line) => line.includes(text));

  await checks.check(page, "generated code has no problems", async () => {
    await openFolder(page, e2e.server.url, folder);
    await openFile(page, prepOf(folder));
    await page.locator(sel.codeLens).first().waitFor({ timeout: MADE });
    const problems = await readProblems(page, (all) => all.length === 0, "no problems");
    return problems.length;
  });
  await checks.check(page, "a misspelt column is marked where it is", async () => {
    await goTo(page, column.line, column.end);
    await page.keyboard.type(column.letter);
    await page.locator(`${sel.warning}, ${sel.error}`).first().waitFor();
    const problems = await readProblems(page, broken, "a problem at the line");
    const [problem] = problems.filter(({ message }) => message.includes(column.misspelt));
    expect(Math.abs(problem.column - column.start) <= 1, `column ${problem.column}, not ${column.start}`);
    expect(/iiml/.test(`${problem.source}`), `source ${problem.source}`);
    return problem;
  });
  await checks.check(page, "the hover tells the problem", () => hoverAt(page, column.misspelt, { contains: /IIML\d+/ }));
  await checks.check(page, "a quick fix is offered", async () => {
    const fixes = await quickFix(page, column.misspelt);
    expect(fixes.some((fix) => fix.includes(column.name)), fixes.join("\n"));
    return fixes;
  });
  await checks.check(page, "saving offers a verified patch in place", async () => {
    await save(page);
    const thread = page.locator(sel.comment).filter({ hasText: "Accept" }).first();
    await thread.waitFor({ timeout: VERIFIED });
    return (await thread.innerText()).replace(/\s+/g, " ");
  });
  await checks.check(page, "accepting it there mends the text", async () => {
    await page.locator(sel.comment).locator("a").filter({ hasText: "Accept" }).first().click();
    await readProblems(page, (problems) => problems.length === 0, "the end of all problems", VERIFIED);
    await goTo(page, column.line);
    expect(!(await shows(column.misspelt)) && (await shows(column.name)), "the text is as it was");
    await page.locator(sel.comment).first().waitFor({ state: "hidden" });
  });
  await checks.check(page, "one undo takes it back", async () => {
    await page.keyboard.press("Control+Z");
    await readProblems(page, broken, "the problem again");
    expect(await shows(column.misspelt), "the text is not as it was");
  });
  await checks.check(page, "the quick fix mends it, too, and the module verifies clean", async () => {
    await goTo(page, column.line);
    await quickFix(page, column.misspelt, column.name);
    await save(page);
    await readProblems(page, (problems) => problems.length === 0, "no problems", VERIFIED);
  });
  await checks.check(page, "the hover over a line tells its step", async () => {
    const { step, line, code } = firstStep(folder);
    await goTo(page, line);
    return hoverAt(page, code.split("(")[0], { contains: new RegExp(step) });
  });
  await profile.close();
}
