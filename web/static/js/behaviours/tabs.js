// @ts-check
// Parts of one page, one at a time.

/** @param {HTMLElement} nav links to the parts by their ids */
export default function tabs(nav) {
  const links = [...nav.querySelectorAll("a")]
  /** @param {HTMLAnchorElement} chosen */
  const show = (chosen) => {
    for (const link of links) {
      const isChosen = link === chosen
      if (isChosen) link.setAttribute("aria-current", "page")
      else link.removeAttribute("aria-current")
      document.getElementById(link.hash.slice(1))?.toggleAttribute("hidden", !isChosen)
    }
  }
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault()
      show(link)
      history.replaceState(null, "", link.hash)
    })
  }
  const asked = links.find(({ hash }) => hash === location.hash)
  if (asked) show(asked)
}
