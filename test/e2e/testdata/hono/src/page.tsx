import type { FC, PropsWithChildren } from "hono/jsx";

const Layout: FC<PropsWithChildren<{ title: string }>> = ({ title, children }) => (
  <html>
    <head>
      <title>{title}</title>
    </head>
    <body>{children}</body>
  </html>
);

const Slow = async ({ text }: { text: string }) => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return <em>{text}</em>;
};

export const Page: FC<{ title: string; items: string[] }> = ({ title, items }) => (
  <Layout title={title}>
    <ul class="items">
      {items.map((item, i) => (
        <li key={i}>{item}</li>
      ))}
    </ul>
    {items.length > 5 && <p>many</p>}
    <Slow text="late" />
    <>
      <br />
      <input type="checkbox" checked disabled={false} />
    </>
  </Layout>
);
