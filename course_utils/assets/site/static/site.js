// The picture that moves can be stopped, and stands still for who asked their system for that; what scrolls is reached by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  const walk = document.querySelector(".course-walk");
  const button = walk?.querySelector("button");
  const pause = (still) => {
    walk.classList.toggle("still", still);
    button.setAttribute("aria-pressed", String(still));
  };
  button?.addEventListener("click", () => pause(!walk.classList.contains("still")));
  if (button && matchMedia("(prefers-reduced-motion: reduce)").matches) pause(true);

  const reach = () => {
    for (const box of document.querySelectorAll("pre, .math, .table-wrapper, .output.text_html, .sig")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    }
  };
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
});
