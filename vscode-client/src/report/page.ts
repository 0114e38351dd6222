import { randomBytes } from "node:crypto";

/**
 * A report as a webview may show it. It comes from the user's folder, so nothing in it is trusted:
 * our policy stands before its first byte, allows no script and no load, and only its first style.
 */
export function pageFor(report: string): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'`;
  const styled = report.replace(/<style>/, `<style nonce="${nonce}">`);
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">${styled}`;
}
