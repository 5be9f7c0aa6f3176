/**
 * Images and files of a request. What they are, their bytes say and not their sender: of a text that is called an image a
 * provider makes as many tokens as it has, and for an image far fewer are held.
 */
import { typeOfBytes } from "../core/fileTypes";
import { IMAGES, PDF } from "../providers/media";
import type { FilePart, ImagePart, ImageUrlPart } from "../providers/provider";
import type { Fields } from "./fields";

const DATA_URL = /^data:[^;,]+;base64,([A-Za-z0-9+/=_-]*)$/;
/** Groups of four, which whole bytes come of; no type takes more to be known by. */
const BEGINNING_CHARS = 32;

const URL_CHARS_MAX = 8_192;

/** An image as a data URL, or where it is. We fetch nothing in a client's name: who knows what we can reach. */
export function imageOf(fields: Fields, name: string): ImagePart | ImageUrlPart {
  return fields.text(name).startsWith("data:")
    ? imageIn(fields, name, dataIn(fields, name))
    : imageAt(fields, name);
}

/** An image's address, for the provider to fetch. */
export function imageAt(fields: Fields, name: string): ImageUrlPart {
  const url = fields.text(name);
  if (url.length > URL_CHARS_MAX || !isHttps(url)) {
    fields.refuse(
      name,
      'must be an https URL, or have the image itself ("data:image/png;base64,…")',
    );
  }
  return { kind: "image_url", url };
}

function isHttps(text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text);
    return protocol === "https:" && username === "" && password === "";
  } catch {
    return false;
  }
}

/** A file as a data URL. */
export function fileOf(fields: Fields, name: string, fileName: string): FilePart {
  return fileIn(fields, name, { base64: dataIn(fields, name), fileName });
}

/** An image whose base64 stands in the field. */
export function imageIn(fields: Fields, name: string, base64: string): ImagePart {
  const contentType = typeIn(base64);
  if (contentType !== null && IMAGES.includes(contentType)) {
    return { kind: "image", contentType, base64 };
  }
  return fields.refuse(name, "must be a PNG, JPEG, WebP or GIF image");
}

/** A file whose base64 stands in the field. */
export function fileIn(
  fields: Fields,
  name: string,
  { base64, fileName }: { base64: string; fileName: string },
): FilePart {
  const contentType = typeIn(base64);
  if (contentType === PDF) return { kind: "file", contentType, base64, name: fileName };
  return fields.refuse(name, "must be a PDF: what is written can be given as text");
}

function typeIn(base64: string): string | null {
  try {
    const chars = base64.slice(0, BEGINNING_CHARS).replaceAll("-", "+").replaceAll("_", "/");
    return typeOfBytes(Uint8Array.from(atob(chars), (char) => char.charCodeAt(0)));
  } catch {
    return null; // It is no base64.
  }
}

function dataIn(fields: Fields, name: string): string {
  const [, base64] = DATA_URL.exec(fields.text(name)) ?? [];
  return (
    base64 ??
    fields.refuse(name, 'must be a data URL ("data:image/png;base64,…"): nothing is fetched')
  );
}
