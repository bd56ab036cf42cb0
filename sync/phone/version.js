// @ts-check
// Which edition of the phone's end this is; the newest entry of changes.json has the same name.

export const APP = "2026.11.1"
