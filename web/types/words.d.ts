/** The module the server makes for one language: see server/words.py. */
export const language: "zh-Hans" | "en"
export function t(text: string, values?: Record<string, string | number>): string
export function label(kind: string, code: string): string
