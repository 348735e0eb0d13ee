const MILLISECONDS = 3_000;

/** What cannot be taken back wants a second press; until then the button asks. */
export function pressTwice(button: HTMLButtonElement, act: () => void): void {
  const label = button.getAttribute("aria-label") ?? "";
  let timer = 0;
  const calm = () => {
    window.clearTimeout(timer);
    timer = 0;
    delete button.dataset.asking;
    button.setAttribute("aria-label", label);
  };
  button.addEventListener("click", () => {
    if (timer !== 0) {
      calm();
      act();
      return;
    }
    button.dataset.asking = "";
    button.setAttribute("aria-label", `${label}: press again, it cannot be taken back`);
    timer = window.setTimeout(calm, MILLISECONDS);
  });
  button.addEventListener("blur", calm);
}
