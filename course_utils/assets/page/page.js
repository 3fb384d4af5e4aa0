// What a lesson's page needs beside its style: controls of ipywidgets have no names for a screen reader, say their value
// as 0.7000000000000002 or as the number of an option, and do not tell which button is down. And a traceback that comes
// of how the notebook was run, not of what is written in it, gets a sentence: it is here since a new kernel knows nothing.
(() => {
  const script = document.currentScript;
  const page = script.closest(".jp-Notebook");
  if (page === null) return; // neither JupyterLab nor a page made by nbconvert
  const style = script.parentElement.querySelector("style");
  document.getElementById(style.id)?.remove();
  document.head.append(style); // where it stays when the cell is cleared
  if (page.classList.contains("vae-course")) return;
  page.classList.add("vae-course");

  const said = document.createElement("div");
  said.className = "vae-course-said";
  said.setAttribute("role", "status");
  page.append(said);

  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value); // the observer sees a change, and ends
  };

  const nameSlider = (slider) => {
    const label = slider.querySelector(".widget-label").textContent;
    const readout = slider.querySelector(".widget-readout");
    const handle = slider.querySelector("[role=slider]");
    set(handle, "aria-label", label);
    set(handle, "aria-valuetext", readout.textContent);
    set(readout, "role", "textbox");
    set(readout, "aria-label", `${label}, as a number`);
  };

  const nameButtons = (group) => {
    set(group, "role", "group");
    set(group, "aria-label", group.querySelector(".widget-label").textContent);
    for (const button of group.querySelectorAll("button")) {
      set(button, "aria-pressed", String(button.classList.contains("mod-active")));
    }
  };

  const nameForm = (form) => {
    const [asks, ...says] = form.querySelectorAll(".widget-html-content");
    set(form, "role", "group");
    set(form, "aria-label", asks.textContent);
    for (const line of says) set(line, "role", "status"); // what the form answers is read out
  };

  const heard = new WeakMap();
  let pause = 0;
  const sayPicture = (area) => {
    const alt = area.querySelector("img")?.alt;
    if (alt && heard.has(area) && heard.get(area) !== alt && area.contains(document.activeElement)) {
      clearTimeout(pause);
      pause = setTimeout(() => (said.textContent = alt), 500); // the last of a row of steps
    }
    if (alt) heard.set(area, alt);
  };

  const remedies = [
    [
      /NameError: name '(.+?)' is not defined/,
      (name) =>
        `Python does not know ${name}: run the cells above this one first (menu Run, Run All Above Selected Cell). ` +
        "After a restart of the kernel it knows nothing of what ran before. If they did run, look for a slip in the name.",
    ],
    [/KeyboardInterrupt/, () => "You stopped this cell. Run it again before the cells below it, which build on it."],
  ];
  const remedy = (error) => {
    if (error.querySelector(".vae-course-remedy") !== null) return;
    for (const [slip, sentence] of remedies) {
      const found = error.textContent.match(slip);
      if (found === null) continue;
      const note = document.createElement("p");
      note.className = "vae-course-remedy";
      note.setAttribute("role", "status");
      error.prepend(note);
      note.textContent = sentence(found[1]); // after its place is there, so that it is heard
      return;
    }
  };

  const look = () => {
    page.querySelectorAll("[data-mime-type$='.stderr'], [data-mime-type$='.error']").forEach(remedy);
    page.querySelectorAll(".widget-slider").forEach(nameSlider);
    page.querySelectorAll(".widget-toggle-buttons").forEach(nameButtons);
    page.querySelectorAll(".vae-course-form").forEach(nameForm);
    page.querySelectorAll(".jp-OutputArea:has(.jupyter-widgets)").forEach(sayPicture);
  };

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      look();
    });
  }).observe(page, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
})();
