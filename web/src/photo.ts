// A photo is cropped to the form's size in the browser: what leaves it is a new picture without the camera's notes.

import { button, el } from "./page.ts";

const HEIGHT = 579; // 49 mm at 300 dpi
const SHOWN = 0.5;
const STEP = 8;

/** Reads `file` as a picture; rejects when it is none that the browser can draw. */
async function picture(file: Blob): Promise<ImageBitmap> {
  return createImageBitmap(file);
}

/** A picture as an address that the page may show. */
export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

export interface Cropped {
  blob: Blob;
  /** Something to think about: the picture was small. */
  notice: string;
}

/**
 * Lets the person choose the part of `file` that fits `size` (width and height in millimetres), in a dialog.
 * Resolves with a JPEG, with `null` when it was given up; rejects when `file` is no picture.
 */
export async function crop(file: Blob, size: readonly [number, number]): Promise<Cropped | null> {
  const image = await picture(file);
  const width = Math.floor((HEIGHT * size[0]) / size[1]);
  const canvas = el("canvas", {
    class: "crop__canvas",
    tabindex: "0",
    role: "img",
    "aria-label": "照片裁剪框，用方向键移动照片，用加号、减号缩放",
  });
  canvas.width = Math.round(width * SHOWN);
  canvas.height = Math.round(HEIGHT * SHOWN);
  const least = Math.max(width / image.width, HEIGHT / image.height);
  // A head stands in the upper part of a picture: begin there rather than in its middle.
  let scale = least;
  let left = (width - image.width * scale) / 2;
  let top = Math.min(0, (HEIGHT - image.height * scale) / 4);

  function draw(target: HTMLCanvasElement, factor: number): void {
    const context = target.getContext("2d")!;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, target.width, target.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(
      image,
      left * factor,
      top * factor,
      image.width * scale * factor,
      image.height * scale * factor,
    );
  }
  function move(right: number, down: number): void {
    left = Math.min(0, Math.max(width - image.width * scale, left + right));
    top = Math.min(0, Math.max(HEIGHT - image.height * scale, top + down));
    draw(canvas, SHOWN);
  }
  function zoom(to: number): void {
    const next = Math.min(least * 4, Math.max(least, to));
    const grown = next / scale;
    left = width / 2 - (width / 2 - left) * grown;
    top = HEIGHT / 2 - (HEIGHT / 2 - top) * grown;
    scale = next;
    range.value = String(Math.round((scale / least) * 100));
    move(0, 0);
  }

  const range = el("input", {
    type: "range",
    min: "100",
    max: "400",
    value: "100",
    "aria-label": "放大照片",
  });
  range.addEventListener("input", () => zoom((least * Number(range.value)) / 100));
  canvas.addEventListener("keydown", (event) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const step = steps[event.key];
    if (step) move(...step);
    else if (event.key === "+" || event.key === "=") zoom(scale * 1.1);
    else if (event.key === "-") zoom(scale / 1.1);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(event.movementX / SHOWN, event.movementY / SHOWN);
  });

  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "crop", "aria-label": "裁剪照片" });
    function close(result: Cropped | null): void {
      dialog.remove();
      resolve(result);
    }
    const use = button("用这张照片", async () => {
      const target = el("canvas");
      target.width = width;
      target.height = HEIGHT;
      draw(target, 1);
      const blob = await new Promise<Blob | null>((done) => target.toBlob(done, "image/jpeg", 0.9));
      const notice = least > 1 ? "照片的像素偏少，打印出来可能不清晰" : "";
      close(blob && { blob, notice });
    });
    dialog.addEventListener("cancel", () => close(null));
    dialog.append(
      el("p", { class: "crop__head" }, "裁剪照片"),
      canvas,
      el("label", { class: "crop__zoom" }, "放大", range),
      el("p", { class: "field__help" }, "拖动照片或用方向键，让头像居中。只保存框内的部分，不含拍摄信息。"),
      el(
        "p",
        { class: "crop__tools" },
        use,
        button("取消", () => close(null)),
      ),
    );
    (document.querySelector(".desk") || document.body).append(dialog);
    dialog.showModal();
    move(0, 0);
    canvas.focus();
  });
}
