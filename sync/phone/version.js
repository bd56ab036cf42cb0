// @ts-check

/** Which edition of the phone's end this is; the desk sees it in the list of phones. */
export const APP = "2026.11.1"
