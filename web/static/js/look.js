// @ts-check
// Before the page is drawn: the type size and the light this person has chosen on this phone.
for (const choice of ["type", "theme"]) {
  try {
    const chosen = localStorage.getItem(`look-${choice}`)
    if (chosen) document.documentElement.dataset[choice] = chosen
  } catch {
    // Storage is closed to us (a private window): the plain look will do.
  }
}
