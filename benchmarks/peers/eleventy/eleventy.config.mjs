import highlight from "@11ty/eleventy-plugin-syntaxhighlight";
import { katex } from "@mdit/plugin-katex";

const MORE = "<!-- more -->";

/** For each value of a list field, the posts that have it, newest first. */
function byValue(posts, field) {
  const groups = new Map();
  for (const post of posts.toReversed()) {
    for (const name of post.data[field]) {
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(post);
    }
  }
  return Array.from(groups, ([name, posts]) => ({ name, posts }));
}

export default function (eleventy) {
  const posts = (all) => all.getFilteredByGlob("posts/*.md");
  eleventy.addPlugin(highlight);
  eleventy.amendLibrary("md", (md) => md.use(katex, { output: "htmlAndMathml", throwOnError: true }));
  eleventy.addPassthroughCopy({ static: "." });
  eleventy.addCollection("posts", posts);
  eleventy.addCollection("byTag", (all) => byValue(posts(all), "tags"));
  eleventy.addCollection("byCategory", (all) => byValue(posts(all), "categories"));
  eleventy.addFilter("opening", (html) => html.slice(0, html.indexOf(MORE)));
  eleventy.addFilter("latest", (posts) => posts.slice(-20).reverse());
  eleventy.addFilter("day", (date) => date.toISOString().slice(0, 10));
  eleventy.addFilter("moment", (date) => date.toISOString());
  return { markdownTemplateEngine: false };
}
