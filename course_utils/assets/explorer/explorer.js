// The explorer: trained models that run in the page itself, with neither a kernel nor a network.
// Its Python side, course_utils/explorer.py, writes before it a <div class="vae-explorer"> with the models as JSON.
(() => {
  "use strict";
  const SIDE = 28; // pixels along a side of an image
  const SAID_AFTER = 400; // ms

  // Models: layers as PyTorch names and computes them, matrices in float16, sums in float64.

  const fromHalf = (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  };

  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  const unpack = ({ encoder, decoder, weights, ...rest }) => {
    const raw = new DataView(bytes(weights).buffer);
    let at = 0;
    const half = () => fromHalf(raw.getUint16((at += 2) - 2, true));
    const single = () => raw.getFloat32((at += 4) - 4, true);
    const tensor = (shape) =>
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, shape.length > 1 ? half : single);
    const fill = (layer) => ({ ...layer, tensors: layer.shapes.map(tensor) });
    return { ...rest, encoder: encoder.map(fill), decoder: decoder.map(fill) };
  };

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));

  const linear = ([weight, bias], x) => {
    const y = new Float64Array(bias);
    for (let i = 0, at = 0; i < y.length; i++) {
      let sum = 0;
      for (let j = 0; j < x.length; j++, at++) sum += weight[at] * x[j];
      y[i] += sum;
    }
    return y;
  };

  // Every place of x puts a stamp on y; neighbouring stamps overlap and add up.
  const transposed = ({ tensors: [weight, bias], shapes, stride, padding, output_padding }, x) => {
    const [channels, outputs, kernel] = shapes[0];
    const area = x.length / channels;
    const size = Math.sqrt(area);
    const wide = (size - 1) * stride - 2 * padding + kernel + output_padding;
    const stamp = new Float64Array(outputs * kernel * kernel);
    const y = new Float64Array(outputs * wide * wide);
    for (let out = 0; out < outputs; out++) y.fill(bias[out], out * wide * wide, (out + 1) * wide * wide);
    for (let place = 0; place < area; place++) {
      stamp.fill(0);
      for (let channel = 0; channel < channels; channel++) {
        const value = x[channel * area + place];
        if (value === 0) continue; // what a ReLU has shut
        const from = channel * stamp.length;
        for (let i = 0; i < stamp.length; i++) stamp[i] += value * weight[from + i];
      }
      const top = Math.floor(place / size) * stride - padding;
      const left = (place % size) * stride - padding;
      for (let i = 0; i < stamp.length; i++) {
        const row = top + (Math.floor(i / kernel) % kernel);
        const column = left + (i % kernel);
        if (row < 0 || row >= wide || column < 0 || column >= wide) continue;
        y[(Math.floor(i / (kernel * kernel)) * wide + row) * wide + column] += stamp[i];
      }
    }
    return y;
  };

  const batchNorm = ({ tensors: [weight, bias, mean, variance], eps }, x) => {
    const area = x.length / mean.length;
    return x.map((value, i) => {
      const c = Math.floor(i / area);
      return ((value - mean[c]) / Math.sqrt(variance[c] + eps)) * weight[c] + bias[c];
    });
  };

  const LAYERS = {
    Linear: ({ tensors }, x) => linear(tensors, x),
    ConvTranspose2d: transposed,
    BatchNorm2d: batchNorm,
    ReLU: (_, x) => x.map((value) => Math.max(value, 0)),
    Sigmoid: (_, x) => x.map(sigmoid),
  };

  const decode = ({ decoder }, code) => decoder.reduce((x, layer) => LAYERS[layer.kind](layer, x), Float64Array.from(code));

  // The last state of one LSTM; rows of its weights: input, forget, candidate, output.
  const lastState = ([fromInput, fromState, bias, otherBias], steps) => {
    const hidden = bias.length / 4;
    let state = new Float64Array(hidden);
    let memory = new Float64Array(hidden);
    for (const step of steps) {
      const kept = linear([fromState, otherBias], state);
      const a = linear([fromInput, bias], step).map((seen, i) => seen + kept[i]);
      const gate = (which, i) => sigmoid(a[which * hidden + i]);
      memory = memory.map((c, i) => gate(1, i) * c + gate(0, i) * Math.tanh(a[2 * hidden + i]));
      state = memory.map((c, i) => gate(3, i) * Math.tanh(c));
    }
    return state;
  };

  const sum = (values) => values.reduce((a, b) => a + b, 0);

  // Mean and log-variance of the code of an image (784 grey levels in [0, 1]) of which the first rows are read.
  const encode = ({ encoder: [lstm, toMean, toLogvar] }, image, rows) => {
    const length = lstm.shapes[0][1];
    const steps = [];
    for (let at = 0; at + length <= rows * SIDE; at += length) steps.push(image.subarray(at, at + length));
    const forward = lastState(lstm.tensors.slice(0, 4), steps);
    const backward = lstm.tensors.length > 4 ? lastState(lstm.tensors.slice(4), steps.reverse()) : [];
    const states = Float64Array.from([...forward, ...backward]);
    return [linear(toMean.tensors, states), linear(toLogvar.tensors, states)];
  };

  // What a model makes of an image: KL of each latent, pixels decoded from the mean, BCE of the whole image; nats.
  const read = (model, image, rows = SIDE) => {
    const [mean, logvar] = encode(model, image, rows);
    const kl = mean.map((mu, i) => (mu * mu + Math.exp(logvar[i]) - 1 - logvar[i]) / 2);
    const logits = decode(model, mean);
    const bce = sum(logits.map((l, i) => Math.max(l, 0) - l * image[i] + Math.log1p(Math.exp(-Math.abs(l)))));
    return { mean, logvar, kl, pixels: logits.map(sigmoid), bce };
  };

  // The page: small helpers.

  const make = (tag, attributes = {}, ...children) => {
    const svg = ["svg", "path", "circle", "rect", "text", "g", "line"].includes(tag);
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const picture = (label) => make("canvas", { width: SIDE, height: SIDE, role: "img", "aria-label": label });

  const paint = (canvas, pixels) => {
    const image = new ImageData(SIDE, SIDE);
    pixels.forEach((ink, i) => image.data.set([255 * (1 - ink), 255 * (1 - ink), 255 * (1 - ink), 255], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
  };

  const signed = (value, digits) => value.toFixed(digits).replace("-", "−");

  // What a view shows, for who listens: after a pause, so that of a row of steps only the last is said.
  const speaker = () => {
    const line = make("p", { role: "status", class: "said" });
    let pause = 0;
    const say = (words) => {
      clearTimeout(pause);
      pause = setTimeout(() => (line.textContent = words), SAID_AFTER);
    };
    return { line, say };
  };

  // Ten test digits to choose from.
  const shelf = (digits, choose) => {
    const buttons = digits.map(({ label, pixels }, i) => {
      const small = make("canvas", { width: SIDE, height: SIDE });
      paint(small, pixels);
      const button = make("button", { type: "button", "aria-label": `test digit ${label}` }, small);
      button.addEventListener("click", () => choose(i));
      return button;
    });
    const mark = (chosen) => buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === chosen));
    return { row: make("div", { class: "shelf", role: "group", "aria-label": "Ten test digits" }, ...buttons), mark };
  };

  // The plane of two latents.

  const EDGE = 3.3; // the plane is seen from -EDGE to EDGE
  const STEP = { small: 0.1, large: 0.5 };
  const NEIGHBOURS = 10;

  const plane = (root, { models: [model], digits, codes, colours, start }) => {
    let code = start;
    const decoded = picture("The digit that the decoder makes of the code under the star");
    const original = picture("The test digit that was chosen");
    const place = make("p");
    const posterior = make("p");
    const { line, say } = speaker();

    const star = make("path", { d: star5(0.2), fill: "#000", stroke: "#fff", "stroke-width": 0.03 });
    const map = drawPlane(codes, colours, star);
    const pad = make(
      "div",
      {
        class: "pad",
        tabindex: 0,
        role: "application",
        "aria-label": "Plane of the two latents z1 and z2. Arrow keys move the star by 0.1, with Shift by 0.5.",
      },
      map,
    );

    const move = (to, chosen = null) => {
      code = to.map((z) => Math.min(3, Math.max(-3, z)));
      star.setAttribute("transform", `translate(${code[0]} ${-code[1]})`);
      paint(decoded, decode(model, code).map(sigmoid));
      const at = `z = (${code.map((z) => signed(z, 2)).join(", ")})`;
      const nearer = Math.round(100 * (1 - Math.exp(-(code[0] ** 2 + code[1] ** 2) / 2)));
      place.textContent = `At ${at}, ${nearer} % of the prior is nearer to the centre; ${neighbours(codes, code)}.`;
      show(chosen);
      say(`${place.textContent} ${posterior.textContent}`);
    };

    const show = (chosen) => {
      ten.mark(chosen);
      original.hidden = chosen === null;
      posterior.textContent = "";
      if (chosen === null) return;
      const { label, index, pixels, kl } = digits[chosen];
      paint(original, pixels);
      posterior.textContent = `Test image ${index}, a ${label}: KL ${kl.toFixed(1)} nats.`;
    };

    const ten = shelf(digits, (i) => move(digits[i].mean, i));
    const follow = (event) => {
      const box = map.getBoundingClientRect();
      const across = (event.clientX - box.left) / box.width;
      const down = (event.clientY - box.top) / box.height;
      move([(2 * across - 1) * EDGE, (1 - 2 * down) * EDGE]);
    };
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      follow(event);
    });
    pad.addEventListener("pointermove", (event) => event.buttons && follow(event));
    pad.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!way) return;
      event.preventDefault();
      const step = event.shiftKey ? STEP.large : STEP.small;
      move(code.map((z, i) => z + step * way[i]));
    });

    const beside = make("div", { class: "beside" }, decoded, place, original, posterior);
    const words = "Drag the star, or move it with the arrow keys; a test digit takes it to the mean of its code.";
    const how = make("p", {}, words);
    root.replaceChildren(how, make("div", { class: "across" }, pad, beside), ten.row, line);
    move(code);
  };

  const star5 = (radius) => {
    const corners = Array.from({ length: 10 }, (_, i) => {
      const far = i % 2 ? 0.4 * radius : radius;
      return [far * Math.sin((Math.PI * i) / 5), -far * Math.cos((Math.PI * i) / 5)].map((x) => x.toFixed(3)).join(" ");
    });
    return `M${corners.join("L")}Z`;
  };

  const drawPlane = (codes, colours, star) => {
    const text = (x, y, words, more = {}) => make("text", { x, y, "text-anchor": "middle", ...more }, words);
    const rest = { fill: "none", stroke: "#000", "stroke-width": 0.03 };
    const ring = (share, dashes) =>
      make("circle", { r: Math.sqrt(-2 * Math.log(1 - share)), ...rest, "stroke-dasharray": dashes });
    const ticks = [-3, -2, -1, 1, 2, 3].flatMap((tick) => [
      text(tick, EDGE - 0.06, signed(tick, 0), { class: "tick" }),
      text(-EDGE + 0.14, -tick + 0.07, signed(tick, 0), { class: "tick" }),
    ]);
    return make(
      "svg",
      { viewBox: `${-EDGE} ${-EDGE} ${2 * EDGE} ${2 * EDGE}`, "aria-hidden": true },
      ...codes.map(([x, y, label]) => text(x, -y + 0.06, label, { class: "code", fill: colours[label] })),
      make("rect", { x: -1, y: -1, width: 2, height: 2, ...rest }),
      ring(0.5, "0.03 0.07"),
      ring(0.99, "0.12 0.07"),
      ...ticks,
      text(0, EDGE - 0.06, "z1", { class: "tick" }),
      text(-EDGE + 0.14, 0.07, "z2", { class: "tick" }),
      star,
    );
  };

  const neighbours = (codes, [z1, z2]) => {
    const nearest = codes
      .map(([x, y, label]) => [(x - z1) ** 2 + (y - z2) ** 2, label])
      .sort(([a], [b]) => a - b)
      .slice(0, NEIGHBOURS);
    const counts = new Map();
    for (const [, label] of nearest) counts.set(label, (counts.get(label) ?? 0) + 1);
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 2);
    const told = most.map(([label, count]) => `${count} are of a ${label}`);
    return `of the ${NEIGHBOURS} nearest codes ${told.join(", ")}`;
  };

  // Readers: models that read a digit row by row.

  const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]; // nats at the upper edge of the bars
  const BRUSH = 1.9; // pixels; ink fades out towards this distance
  const PACE = 90; // ms from row to row

  const readers = (root, { models, digits, digit, rows }) => {
    const image = new Float64Array(SIDE * SIDE);
    const { line, say } = speaker();
    const cards = models.map(card);
    const canvas = picture("The digit that is read");
    const cover = make("div", { class: "cover" });
    const pen = make("div", { class: "pen", hidden: "" });
    const pad = make(
      "div",
      {
        class: "pad",
        tabindex: 0,
        role: "application",
        "aria-label":
          "Drawing pad of 28 rows and 28 columns. Arrow keys move the pen, Space puts it down or lifts it, Delete wipes.",
      },
      canvas,
      cover,
      pen,
    );
    const slider = make("input", { type: "range", min: 0, max: SIDE, value: rows, "aria-label": "rows read" });
    const count = make("output");
    const play = make("button", { type: "button" }, "Read it");
    const wipe = make("button", { type: "button" }, "Wipe");
    let name = "";

    const look = () => {
      const rows = slider.valueAsNumber;
      count.textContent = `${rows} of ${SIDE} rows read`;
      cover.style.top = `${(100 * rows) / SIDE}%`;
      paint(canvas, image);
      const told = cards.map((one) => one.show(image, rows));
      say(`${name}, ${rows} of ${SIDE} rows read. ${told.join(" ")}`);
    };
    const take = (i) => {
      image.set(digits[i].pixels);
      name = `Test image ${digits[i].index}, a ${digits[i].label}`;
      ten.mark(i);
      look();
    };
    const own = () => {
      name = "Your drawing";
      ten.mark(null);
    };
    const ten = shelf(digits, take);

    let step = 0;
    const readOn = () => {
      slider.value = slider.valueAsNumber + 1;
      look();
      if (slider.valueAsNumber < SIDE) step = setTimeout(readOn, PACE);
    };
    play.addEventListener("click", () => {
      clearTimeout(step);
      slider.value = matchMedia("(prefers-reduced-motion: reduce)").matches ? SIDE - 1 : 0;
      readOn();
    });
    slider.addEventListener("input", () => {
      clearTimeout(step);
      look();
    });
    wipe.addEventListener("click", () => {
      image.fill(0);
      own();
      look();
    });
    drawing(pad, pen, canvas, image, {
      changed: () => {
        own();
        look();
      },
      wipe: () => wipe.click(),
      say,
    });

    const words = "Draw a digit, or take one; then move the slider, and watch it being read from top to bottom.";
    const how = make("p", {}, words);
    const controls = [make("label", {}, slider, count), make("div", { class: "across" }, play, wipe)];
    const left = make("div", { class: "left" }, pad, ...controls);
    const right = make("div", { class: "readers" }, ...cards.map((one) => one.box));
    root.replaceChildren(how, make("div", { class: "across" }, left, right), ten.row, line);
    take(digit);
  };

  // A model's answer: what it draws, the KL of each latent as bars, and the numbers.
  const card = (model) => {
    const drawn = picture(`What ${model.name} draws from what it has read`);
    const bars = make("path", { fill: "#0072B2" });
    const scale = make("small");
    const floor = make("path", { d: "M0 85.5H256", stroke: "currentColor" });
    const chart = make(
      "div",
      { class: "chart" },
      scale,
      make("svg", { viewBox: "0 0 256 86", "aria-hidden": true }, bars, floor),
    );
    const numbers = make("p");
    const heading = make("p", {}, make("b", {}, model.name), ` · ${model.says}`);
    const box = make("div", { class: "reader" }, heading, make("div", { class: "across" }, drawn, chart), numbers);

    const show = (image, rows) => {
      const { kl, pixels, bce } = read(model, image, rows);
      paint(drawn, pixels);
      const top = SCALES.find((nats) => nats >= Math.max(...kl)) ?? Math.max(...kl);
      const width = 256 / kl.length;
      const bar = (nats, i) => `M${i * width} 85v${(-84 * nats) / top}h${0.8 * width}V85Z`;
      bars.setAttribute("d", Array.from(kl, bar).join(""));
      scale.textContent = `KL of each of ${kl.length} latents; full height ${top} nat${top === 1 ? "" : "s"}`;
      const active = kl.filter((nats) => nats > 0.01).length;
      const whole = `KL ${sum(kl).toFixed(sum(kl) < 0.1 ? 3 : 1)} nats`;
      const told = `${whole}, ${active} of ${kl.length} latents above 0.01; BCE of the whole digit ${bce.toFixed(1)} nats.`;
      numbers.textContent = told;
      return `${model.name}: ${told}`;
    };
    return { box, show };
  };

  // Ink by pointer (mouse, finger, pen) or by keys.
  const drawing = (pad, pen, canvas, image, { changed, wipe, say }) => {
    let at = [14, 14];
    let down = false;
    let last = null;

    const dab = (x, y) => {
      for (let i = 0; i < image.length; i++) {
        const far = Math.hypot((i % SIDE) + 0.5 - x, Math.floor(i / SIDE) + 0.5 - y);
        image[i] = Math.max(image[i], Math.min(1, Math.max(0, BRUSH - far)));
      }
    };
    const stroke = (event) => {
      const box = canvas.getBoundingClientRect();
      const to = [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
      const [x, y] = last ?? to;
      const dabs = Math.ceil(Math.hypot(to[0] - x, to[1] - y)) || 1;
      for (let i = 1; i <= dabs; i++) dab(x + ((to[0] - x) * i) / dabs, y + ((to[1] - y) * i) / dabs);
      last = to;
      changed();
    };
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      last = null;
      stroke(event);
    });
    pad.addEventListener("pointermove", (event) => event.buttons && stroke(event));

    const place = () => {
      pen.hidden = false;
      pen.classList.toggle("down", down);
      pen.style.left = `${(100 * (at[0] - 0.5)) / SIDE}%`;
      pen.style.top = `${(100 * (at[1] - 0.5)) / SIDE}%`;
      if (down) {
        dab(...at);
        changed();
      }
      const ink = image[Math.floor(at[1]) * SIDE + Math.floor(at[0])] > 0.5 ? "ink" : "paper";
      if (!down) say(`Pen up at row ${Math.ceil(at[1])}, column ${Math.ceil(at[0])}: ${ink}.`);
    };
    pad.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (!way && ![" ", "Delete", "Backspace"].includes(event.key)) return;
      event.preventDefault();
      if (way) at = at.map((x, i) => Math.min(SIDE - 0.5, Math.max(0.5, x + way[i])));
      else if (event.key === " ") down = !down;
      else wipe();
      place();
    });
    pad.addEventListener("blur", () => (pen.hidden = true));
  };

  // Start every explorer that has none yet: where scripts come from an output, none of them knows its own.
  const VIEWS = { plane, readers };
  for (const root of document.querySelectorAll(".vae-explorer:not([data-alive])")) {
    root.dataset.alive = "";
    const given = JSON.parse(root.querySelector("script").textContent);
    const grey = bytes(given.pixels);
    const digits = given.test.map((digit, i) => ({
      ...digit,
      ...given.posteriors?.[i],
      pixels: Float64Array.from(grey.subarray(SIDE * SIDE * i, SIDE * SIDE * (i + 1)), (level) => level / 255),
    }));
    const models = given.models.map(unpack);
    root.explorer = { models, digits, read, decode, sigmoid }; // for tests, and for who wants to play in the console
    VIEWS[given.view](root, { ...given, models, digits });
  }
})();
