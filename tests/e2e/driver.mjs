// Drives VS Code in headless Chromium. Every function takes the Playwright page of one window.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const { chromium } = createRequire(path.join(process.env.IIML_LAB, "driver", "package.json"))("playwright-core");
const SOON = 20_000;

export const sel = {
  workbench: ".monaco-workbench .part.editor",
  explorer: ".explorer-folders-view .monaco-list-row",
  quickInput: ".quick-input-widget:visible",
  quickText: ".quick-input-widget:visible .quick-input-box input",
  quickRow: ".quick-input-widget:visible .quick-input-list .monaco-list-row",
  editor: ".part.editor .editor-instance .monaco-editor",
  viewLine: ".view-lines .view-line",
  error: ".squiggly-error",
  warning: ".squiggly-warning",
  hover: ".monaco-hover:not(.hidden) .monaco-hover-content",
  actionRow: ".action-widget .monaco-list-row.action",
  problems: ".markers-panel .monaco-list-row",
  toast: ".notifications-toasts .notification-list-item",
  terminalRows: ".terminal-wrapper.active .xterm-rows > div",
  terminalTab: ".terminal-tabs-entry, .single-terminal-tab",
  codeLens: ".codelens-decoration a",
  tab: ".part.editor .tab",
  statusBar: ".statusbar-item",
  solveStatus: ".statusbar-item[id$='iiml.solve']",
  dialog: ".monaco-dialog-box",
  comment: ".review-widget",
};

export async function launchBrowser() {
  const executablePath = process.env.CHROMIUM ?? execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, headless: true, args: ["--no-sandbox", ...quiet] });
}

/** A browser that has never been here: nothing is trusted in it, nothing remembered. */
export async function newProfile(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  context.setDefaultTimeout(SOON);
  return context;
}

const exact = (text) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);

/** Asks until `look` gives something other than undefined or false. */
export async function until(look, what, timeout = SOON) {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Opens a folder or a `.code-workspace` file; answers the question of trust, unless it was answered before: `trust: null`. */
export async function openFolder(page, url, folder, { trust = true } = {}) {
  const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
  await page.goto(`${url}/?${new URLSearchParams({ [kind]: folder })}`);
  await page.waitForSelector(sel.workbench, { timeout: 60_000 });
  // The folders of a workspace file may not show before the question is answered, or the window is loaded again.
  if (trust !== null) await answerTrust(page, trust);
  const shown = page.locator(sel.explorer).first();
  try {
    await shown.waitFor({ timeout: 30_000 });
  } catch {
    await page.reload();
    // What was answered a moment ago may not be remembered yet.
    if (trust !== null) await answerTrust(page, trust, 15_000).catch(() => undefined);
    await shown.waitFor({ timeout: 60_000 });
  }
}

/** Answers the question of trust, which comes late on a busy machine. */
export async function answerTrust(page, trust, patience = 60_000) {
  const dialog = page.locator(sel.dialog).filter({ hasText: "trust" });
  await dialog.waitFor({ timeout: patience });
  await dialog.locator(".monaco-button").filter({ hasText: trust ? "Yes" : "No" }).first().click();
  await dialog.waitFor({ state: "hidden", timeout: SOON });
}

/** Presses `key` until `selector` shows: a key pressed while a menu is closing is lost now and then. */
export async function pressFor(page, key, selector, { tries = 5, patience = 3000 } = {}) {
  const wanted = page.locator(selector).first();
  for (let i = 1; ; i++) {
    await page.keyboard.press(key);
    try {
      await wanted.waitFor({ timeout: patience });
      return wanted;
    } catch (error) {
      if (i === tries) throw error;
    }
  }
}

async function quickPick(page, key, text, label) {
  const input = await pressFor(page, key, sel.quickText);
  await input.fill(text);
  const name = page.locator(".label-name", { hasText: exact(label) }); // fuzzy matches may come first
  const row = page.locator(sel.quickRow).filter({ has: name }).first();
  await row.waitFor({ timeout: SOON });
  await row.click();
}

/** runCommand(page, "iiml: Show Logs"): from the palette, by the exact title. */
export async function runCommand(page, title) {
  await quickPick(page, "F1", `>${title}`, title);
}

/** The rows of the question that is asked now. */
export async function choices(page, { contains = /./ } = {}) {
  await page.locator(sel.quickRow).filter({ hasText: contains }).first().waitFor({ timeout: SOON });
  return (await page.locator(sel.quickRow).allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
}

/** Chooses the row with `text` in the question that is asked now; the first one without. */
export async function choose(page, text = /./) {
  await page.locator(sel.quickRow).filter({ hasText: text }).first().click({ timeout: SOON });
}

export async function openEmptyWindow(page, url) {
  await page.goto(`${url}/?ew=true`);
  await page.waitForSelector(sel.workbench, { timeout: 60_000 });
}

/** The titles of the steps of a walkthrough, which is opened from the palette. */
export async function openWalkthrough(page, title) {
  await runCommand(page, "Welcome: Open Walkthrough...");
  await choose(page, title);
  const steps = page.locator(".getting-started-step .step-title");
  await steps.first().waitFor();
  return (await steps.allInnerTexts()).map((text) => text.trim());
}

/** Opens a step of the walkthrough that is shown, and presses one of its buttons. */
export async function walkthroughStep(page, title, button) {
  const step = page.locator(".getting-started-step").filter({ has: page.locator(".step-title", { hasText: title }) });
  await step.click();
  await step.locator(".monaco-button").filter({ hasText: button }).click();
}

/** Solve Competition from the palette; agrees to the page that comes before the first run. */
export async function solve(page) {
  await runCommand(page, "iiml: Solve Competition");
  await agreeToSolve(page);
}

/** Agrees to the page that comes before a run, if it comes, and waits for the run and its terminal. */
export async function agreeToSolve(page) {
  const agree = page.locator(sel.dialog).locator(".monaco-button").filter({ hasText: /^\s*Solve\s*$/ });
  const running = page.locator(sel.solveStatus);
  await running.or(agree).first().waitFor({ timeout: 240_000 }); // the daemon's environment may be made first
  if (await agree.isVisible()) await agree.click();
  await running.waitFor({ timeout: 60_000 });
  await page.locator(sel.terminalRows).first().waitFor();
}

/** Stop Solve from the palette. */
export const stop = (page) => runCommand(page, "iiml: Stop Solve");

/** Shows the side bar of iiML. */
export async function openCompetitionView(page) {
  await page.locator(".activitybar .action-label[aria-label^='iiML']").click();
}

/** Opens a file by its full path: the names of modules are there several times. */
export async function openFile(page, file) {
  const base = path.basename(file);
  await quickPick(page, "Control+P", file, base);
  await page.locator(`${sel.tab}[aria-label*="${base}"]`).first().waitFor({ timeout: SOON });
  await page.locator(`${sel.editor} ${sel.viewLine}`).first().waitFor({ timeout: SOON });
}

/** Cursor to a 1-based line and column; the focus is in the editor afterwards. */
export async function goTo(page, line, column = 1) {
  const input = await pressFor(page, "Control+G", sel.quickText);
  await input.fill(`:${line}:${column}`);
  await page.keyboard.press("Enter");
  await page.locator(sel.quickInput).waitFor({ state: "hidden", timeout: SOON });
}

export const save = (page) => page.keyboard.press("Control+S");

/** The text that the active editor shows, line by line (only the lines in view). */
export async function visibleLines(page) {
  return page.evaluate(([editor, viewLine]) => {
    const shown = [...document.querySelectorAll(editor)].find((one) => one.offsetParent);
    const lines = [...(shown?.querySelectorAll(viewLine) ?? [])];
    lines.sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
    return lines.map((line) => line.textContent.replaceAll("\u00a0", " "));
  }, [sel.editor, sel.viewLine]);
}

/** The whole text of the active editor. */
export async function textOfEditor(page) {
  await page.locator(`${sel.editor} ${sel.viewLine}`).first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+C");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Pixel box of `text` in the first shown line that contains it. */
async function boxOf(page, text) {
  const box = await page.evaluate(([editor, viewLine, text]) => {
    const shown = [...document.querySelectorAll(editor)].find((one) => one.offsetParent);
    for (const line of shown?.querySelectorAll(viewLine) ?? []) {
      const start = line.textContent.replaceAll("\u00a0", " ").indexOf(text);
      if (start < 0) continue;
      const range = document.createRange();
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      let begun = false;
      for (let at = 0, node = walker.nextNode(); node; at += node.data.length, node = walker.nextNode()) {
        if (!begun && start < at + node.data.length) {
          range.setStart(node, start - at);
          begun = true;
        }
        if (begun && start + text.length <= at + node.data.length) {
          range.setEnd(node, start + text.length - at);
          break;
        }
      }
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y, width, height };
    }
    return null;
  }, [sel.editor, sel.viewLine, text]);
  if (!box) throw new Error(`no '${text}' in view`);
  return box;
}

/** Rests the mouse on `text` and returns the hover's text, once it has `contains`. */
export async function hoverAt(page, text, { contains = /\S/ } = {}) {
  const box = await boxOf(page, text);
  await page.mouse.move(box.x + box.width / 2 + 40, box.y + 200);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
  const hover = page.locator(sel.hover).filter({ hasText: contains }).first();
  await hover.waitFor({ timeout: SOON });
  return (await hover.innerText()).trim();
}

export async function clickOn(page, text) {
  const box = await boxOf(page, text);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** The quick fixes at `text`; with `title`, the first that has it is applied. */
export async function quickFix(page, text, title) {
  await clickOn(page, text);
  await pressFor(page, "Control+.", sel.actionRow, { tries: 6, patience: 7000 }); // each press asks anew
  const rows = (await page.locator(sel.actionRow).allInnerTexts()).map((row) => row.trim());
  if (title === undefined) await page.keyboard.press("Escape");
  else await page.locator(sel.actionRow).filter({ hasText: title }).first().click();
  await page.locator(sel.actionRow).first().waitFor({ state: "hidden", timeout: SOON });
  return rows;
}

const PROBLEM = /^(Error|Warning|Info|Hint): (.*) at line (\d+) and character (\d+)\.(?: generated by (.*))?/s;

/** The entries of the Problems panel, once `ready` holds for them. The list lags the squiggles. */
export async function readProblems(page, ready, what = "problems", timeout = SOON) {
  const panel = page.locator(".markers-panel");
  if (!(await panel.isVisible())) await runCommand(page, "Problems: Focus on Problems View");
  await panel.waitFor({ timeout: SOON });
  return until(async () => {
    const labels = await page.locator(sel.problems).evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
    const problems = labels.map((label) => PROBLEM.exec(label)).filter(Boolean)
      .map(([, severity, message, line, column, source]) => ({ severity, message, line: +line, column: +column, source }));
    return ready(problems) ? problems : undefined;
  }, what, timeout);
}

/** Text of the active terminal's screen, once it has `contains`. */
export async function readTerminal(page, contains, timeout = SOON) {
  let text = "";
  try {
    return await until(async () => {
      const rows = await page.locator(sel.terminalRows).evaluateAll((all) => all.map((row) => row.textContent.replaceAll("\u00a0", " ").trimEnd()));
      text = rows.join("\n").trimEnd();
      return contains.test(text) ? text : undefined;
    }, `${contains} in the terminal`, timeout);
  } catch (error) {
    throw new Error(`${error.message}; it shows:\n${text}`);
  }
}

/** The text of the first toast that has `contains`. */
export async function readToast(page, contains, timeout = SOON) {
  const toast = page.locator(sel.toast).filter({ hasText: contains }).first();
  await toast.waitFor({ timeout });
  return (await toast.innerText()).replace(/\s+/g, " ").trim();
}

export async function clickToast(page, contains, button) {
  const toast = page.locator(sel.toast).filter({ hasText: contains }).first();
  await toast.waitFor({ timeout: SOON });
  await toast.locator(".monaco-button").filter({ hasText: button }).first().click();
}

/** The text of the item of the status bar that has `contains`. */
export async function readStatusBar(page, contains, timeout = SOON) {
  const item = page.locator(sel.statusBar).filter({ hasText: contains }).first();
  await item.waitFor({ timeout });
  return (await item.innerText()).trim();
}

/** The document inside the webview that is shown: a frame in a frame. */
export const webview = (page) => page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");

const viewCalled = (page, title) =>
  page.locator(".split-view-view:has(> .pane)").filter({ has: page.locator(".pane-header", { hasText: title }) }).last();

/** The rows of the tree view with this title, once one has `contains`. */
export async function readTree(page, title, contains = /./, timeout = SOON) {
  const pane = viewCalled(page, title);
  await pane.waitFor({ timeout });
  const row = pane.locator(".monaco-list-row");
  await row.filter({ hasText: contains }).first().waitFor({ timeout });
  return (await row.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
}

/** Clicks the row of the tree view with this title that has `contains`. */
export async function clickTree(page, title, contains) {
  await viewCalled(page, title).locator(".monaco-list-row").filter({ hasText: contains }).first().click({ timeout: SOON });
}

export async function clickCodeLens(page, title) {
  const lens = page.locator(sel.codeLens).filter({ hasText: title }).first();
  await lens.click({ timeout: SOON });
}
