// What stands on a lesson's page, as plain values for the tests.
() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const label = (control) => control.querySelector(".widget-label").textContent;
  const left = (selector) =>
    all(selector)
      .map((found) => found.getBoundingClientRect())
      .filter((box) => box.width > 0)
      .map((box) => box.left);
  const pen = document.createElement("canvas").getContext("2d");
  const charactersOfALine = (paragraph) => {
    pen.font = getComputedStyle(paragraph).font;
    return (paragraph.clientWidth * paragraph.textContent.length) / pen.measureText(paragraph.textContent).width;
  };
  const boxes = [
    ".jp-MarkdownOutput > p",
    ".jp-MarkdownOutput > table",
    ".jp-OutputArea-output img",
    ".jp-OutputArea-output > [role=status]",
    ".jp-OutputArea-output details",
    ".jp-OutputArea-output > pre",
    ".jp-InputArea-editor",
    "mjx-container[display=true] > *",
  ];
  return {
    alts: all(".jp-OutputArea-output img").map((image) => image.getAttribute("alt")),
    sliders: all(".widget-slider").map((slider) => ({
      name: [slider.querySelector("[role=slider]").getAttribute("aria-label"), label(slider)],
      value: [
        slider.querySelector("[role=slider]").getAttribute("aria-valuetext"),
        slider.querySelector(".widget-readout").textContent,
      ],
    })),
    choices: all(".widget-toggle-buttons").map((group) => ({
      name: [group.getAttribute("aria-label"), label(group)],
      pressed: all("button", group).map((button) => [
        button.getAttribute("aria-pressed"),
        String(button.classList.contains("mod-active")),
      ]),
    })),
    cut: all(".jupyter-widgets .widget-label, .widget-toggle-button")
      .filter((words) => words.clientWidth > 0 && words.scrollWidth > words.clientWidth + 1)
      .map((words) => words.textContent),
    edges: Object.fromEntries(boxes.map((selector) => [selector, left(selector)])),
    measures: all(".jp-MarkdownOutput > p:not(:has(mjx-container))").map(charactersOfALine),
  };
};
