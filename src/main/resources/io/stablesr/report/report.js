(() => {
  const dialog = element("viewer");
  const stage = element("stage");
  const split = element("split");
  const layers = {
    left: { picture: element("left-picture"), choice: element("left-choice"), tag: element("left-tag") },
    right: { picture: element("right-picture"), choice: element("right-choice"), tag: element("right-tag") },
  };
  const view = { index: 0, x: 0, y: 0, scale: 1, seams: false };
  const wanted = { left: "input", right: null };
  let opener = null;

  const image = () => data.images[view.index];
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  /** What can be shown of an image: value, name, file, figures. */
  function sources(one) {
    const found = [];
    if (one.before) found.push({ value: "input", name: "input, bicubic", file: one.before, figures: "" });
    for (const result of one.results) {
      found.push({
        value: "m" + result.method,
        name: data.methods[result.method],
        file: result.file,
        figures: result.figures,
      });
    }
    if (one.truth) found.push({ value: "truth", name: "reference", file: one.truth, figures: "" });
    return found;
  }

  function fill(side, fallback) {
    const found = sources(image());
    const { choice } = layers[side];
    choice.replaceChildren(...found.map((source) => new Option(source.name, source.value)));
    const has = found.some((source) => source.value === wanted[side]);
    choice.value = has ? wanted[side] : fallback(found).value;
  }

  function show(side) {
    const { picture, choice, tag } = layers[side];
    const source = sources(image()).find((one) => one.value === choice.value);
    picture.src = source.file;
    tag.textContent = source.name;
    const figures = sources(image())
      .filter((one) => one.figures && (one.value === layers.left.choice.value || one.value === layers.right.choice.value))
      .map((one) => (data.methods.length > 1 ? one.name + ": " : "") + one.figures);
    const one = image();
    const reduced = one.width < one.fullWidth
      ? ["shown at " + Math.round((100 * one.width) / one.fullWidth) + " % of " + one.fullWidth + " × " + one.fullHeight]
      : [one.width + " × " + one.height];
    element("figures").textContent = figures.concat(reduced).join(" · ");
    stage.setAttribute("aria-label",
      layers.left.tag.textContent + " on the left, " + layers.right.tag.textContent + " on the right");
  }

  function drawSeams() {
    const one = image();
    const svg = element("seams");
    svg.setAttribute("viewBox", "0 0 " + one.width + " " + one.height);
    svg.setAttribute("width", one.width);
    svg.setAttribute("height", one.height);
    const rectangles = one.tiles.flatMap(([left, top, right, bottom]) =>
      ["back", "front"].map((style) => {
        const rectangle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        rectangle.setAttribute("class", style);
        rectangle.setAttribute("x", left * one.width);
        rectangle.setAttribute("y", top * one.height);
        rectangle.setAttribute("width", (right - left) * one.width);
        rectangle.setAttribute("height", (bottom - top) * one.height);
        return rectangle;
      }));
    svg.replaceChildren(...rectangles);
    const button = element("seams-toggle");
    button.disabled = one.tiles.length < 2;
    button.textContent = one.tiles.length > 1 ? one.tiles.length + " tiles" : "tiles";
    button.title = ["where they lie is not known", "one tile: there are no borders"][one.tiles.length] ?? "borders of the sampling tiles";
    button.setAttribute("aria-pressed", String(view.seams));
    svg.toggleAttribute("hidden", !view.seams || one.tiles.length < 2);
  }

  function draw() {
    const one = image();
    const width = stage.clientWidth;
    const height = stage.clientHeight;
    // At least a corner stays in sight.
    view.x = clamp(view.x, 40 - one.width * view.scale, width - 40);
    view.y = clamp(view.y, 40 - one.height * view.scale, height - 40);
    const transform = "translate(" + view.x + "px," + view.y + "px) scale(" + view.scale + ")";
    for (const { picture } of Object.values(layers)) {
      picture.style.width = one.width + "px";
      picture.style.height = one.height + "px";
      picture.style.transform = transform;
      picture.style.imageRendering = view.scale * devicePixelRatio >= 3 ? "pixelated" : "auto";
    }
    element("seams").style.transform = transform;
    const at = (split.value / 100) * width;
    element("left-layer").style.clipPath = "inset(0 " + (width - at) + "px 0 0)";
    element("right-layer").style.clipPath = "inset(0 0 0 " + at + "px)";
    element("divider").style.left = at + "px";
    element("zoom").textContent = Math.round(view.scale * devicePixelRatio * 100) + " %";
  }

  const fitScale = () =>
    Math.min(stage.clientWidth / image().width, stage.clientHeight / image().height);

  function centre(scale) {
    view.scale = scale;
    view.x = (stage.clientWidth - image().width * scale) / 2;
    view.y = (stage.clientHeight - image().height * scale) / 2;
    draw();
  }

  /** Keeps the point of the picture that is under a place of the stage where it is. */
  function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const scale = clamp(view.scale * factor, Math.min(0.05, fitScale()), 32);
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    draw();
  }

  function open(index) {
    view.index = (index + data.images.length) % data.images.length;
    fill("left", (found) => found[0]);
    fill("right", (found) => found.find((one) => one.value.startsWith("m")) ?? found[0]);
    show("left");
    show("right");
    element("viewer-name").textContent = image().id;
    element("viewer-place").textContent = view.index + 1 + " / " + data.images.length;
    if (!dialog.open) {
      dialog.showModal();
      stage.focus();
    }
    drawSeams();
    centre(Math.min(fitScale(), 4));
  }

  function toggleSeams() {
    if (image().tiles.length < 2) return;
    view.seams = !view.seams;
    drawSeams();
  }

  function moveSplit(by) {
    split.value = Number(split.value) + by;
    draw();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-image]");
    if (button) {
      opener = button;
      open(Number(button.dataset.image));
    }
  });
  for (const side of ["left", "right"]) {
    layers[side].choice.addEventListener("change", () => {
      wanted[side] = layers[side].choice.value;
      show(side);
    });
  }
  element("previous").addEventListener("click", () => open(view.index - 1));
  element("next").addEventListener("click", () => open(view.index + 1));
  element("close").addEventListener("click", () => dialog.close());
  element("in").addEventListener("click", () => zoom(1.5));
  element("out").addEventListener("click", () => zoom(1 / 1.5));
  element("fit").addEventListener("click", () => centre(fitScale()));
  element("actual").addEventListener("click", () => zoom(1 / devicePixelRatio / view.scale));
  element("seams-toggle").addEventListener("click", toggleSeams);
  split.addEventListener("input", draw);
  dialog.addEventListener("close", () => opener?.focus());
  addEventListener("resize", () => dialog.open && draw());

  const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const own = event.target.matches("select, input");
    if (event.shiftKey && moves[event.key] && !own) {
      view.x += moves[event.key][0];
      view.y += moves[event.key][1];
      draw();
    } else if (event.key === "ArrowLeft" && !own) open(view.index - 1);
    else if (event.key === "ArrowRight" && !own) open(view.index + 1);
    else if (event.target.matches("select")) return;
    else if (event.key === "+" || event.key === "=") zoom(1.5);
    else if (event.key === "-") zoom(1 / 1.5);
    else if (event.key === "0") centre(fitScale());
    else if (event.key === "1") zoom(1 / devicePixelRatio / view.scale);
    else if (event.key === "a") moveSplit(-5);
    else if (event.key === "d") moveSplit(5);
    else if (event.key === "s") toggleSeams();
    else return;
    event.preventDefault();
  });

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  const pointers = new Map();
  let mode = "";
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    try { stage.setPointerCapture(event.pointerId); } catch { /* It has been lifted already. */ }
    pointers.set(event.pointerId, place(event));
    const { x } = place(event);
    const near = Math.abs(x - (split.value / 100) * stage.clientWidth) < 28;
    // A picture that is seen whole needs no moving, so a drag anywhere moves the divider.
    mode = pointers.size > 1 ? "pinch" : near || view.scale <= fitScale() * 1.01 ? "split" : "move";
    if (mode === "split") {
      split.value = (100 * x) / stage.clientWidth;
      draw();
    }
  });
  stage.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    if (mode === "split") {
      split.value = (100 * now.x) / stage.clientWidth;
    } else if (mode === "move") {
      view.x += now.x - before.x;
      view.y += now.y - before.y;
    } else if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const distance = (a) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
      view.x += (now.x - before.x) / 2;
      view.y += (now.y - before.y) / 2;
      zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    pointers.set(event.pointerId, now);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      mode = pointers.size === 1 ? "move" : "";
    });
  }

  const name = element("filter-name");
  const status = element("filter-status");
  const rows = [...element("row-table").tBodies[0].rows];
  function filter() {
    const text = name.value.toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = row.cells[0].textContent.toLowerCase().includes(text)
        && (!status.value || row.dataset.status === status.value);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    element("filter-count").textContent = shown + " of " + rows.length + " rows";
  }
  name.addEventListener("input", filter);
  status.addEventListener("change", filter);
  filter();

  const heads = [...element("row-table").tHead.rows[0].cells];
  heads.forEach((head, column) => head.addEventListener("click", () => {
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const key = (row) => {
      const cell = row.cells[column];
      return head.classList.contains("number") ? Number(cell.dataset.value ?? NaN) : cell.textContent;
    };
    rows.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      // What has no value comes last in both directions.
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      const order = x < y ? -1 : x > y ? 1 : 0;
      return ascending ? order : -order;
    });
    element("row-table").tBodies[0].append(...rows);
  }));
})();
