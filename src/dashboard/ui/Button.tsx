import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./classes";

const look = cva(
  "inline-flex items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        primary: "bg-accent text-accent-ink hover:opacity-90",
        plain: "border-control bg-surface hover:bg-sunken border",
        quiet: "hover:bg-sunken text-ink",
        danger: "bg-bad-soft text-bad hover:opacity-90",
      },
      size: { md: "h-9 px-3", sm: "h-7 px-2 text-xs", icon: "size-9" },
    },
    defaultVariants: { tone: "plain", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof look> & { asChild?: boolean };

/** A button; `asChild` gives its looks to the link inside. */
export function Button({ tone, size, asChild = false, className, ...rest }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  const type = asChild ? {} : { type: rest.type ?? "button" };
  return <Element {...rest} {...type} className={cn(look({ tone, size }), className)} />;
}

type IconButtonProps = Omit<ButtonProps, "size"> & { label: string };

/** A button without a text; `label` is its name. */
export function IconButton({ label, tone = "quiet", ...rest }: IconButtonProps) {
  return <Button {...rest} tone={tone} size="icon" aria-label={label} title={label} />;
}
