import { useEffect, useState } from "react";
import { TextField } from "./Field";
import { useSettled } from "./useSettled";

const PAUSE_MS = 250;

type SearchFieldProps = { label: string; value: string; look: (text: string) => void };

/**
 * What is typed is looked for once nobody types any more: were the field to show what stands in the address, letters
 * would get lost on the way there and back.
 *
 * @param value - What is looked for when it is first shown.
 */
export function SearchField({ label, value, look }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const settled = useSettled(text.trim(), PAUSE_MS);
  useEffect(() => {
    if (settled !== value) look(settled);
    // Only what was typed is looked for: the address goes other ways, too.
  }, [settled]);
  return (
    <TextField
      label={label}
      type="search"
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  );
}
