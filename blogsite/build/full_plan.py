"""Plan a build by assembling the whole site and comparing every output."""

from __future__ import annotations

from blogsite.build.changes import SiteInputs, take_snapshot
from blogsite.build.context import BuildContext, BuildOptions
from blogsite.build.loader import load_site
from blogsite.build.output_folder import OutputFolder
from blogsite.build.output_plan import BuildPlan, plan_outputs
from blogsite.content.discovery import SiteFiles, read_bytes, theme_templates
from blogsite.core.diagnostics import Diagnostic, Location, error, stop_on_errors
from blogsite.pages import preview_pages, produce
from blogsite.pages.feeds import texts_in_feeds
from blogsite.render.dependencies import computed_names
from blogsite.render.environment import Templates


def plan_whole_site(
    context: BuildContext, folder: OutputFolder, inputs: SiteInputs, options: BuildOptions
) -> BuildPlan:
    """Load the site and plan all its outputs. Raises SiteError if one of its diagnostics is an error."""
    loaded = load_site(context, inputs.site_files, inputs.publish_filter, inputs.now)
    site = loaded.site
    with context.times.measure("pages"):
        outputs, clashes = produce(site)
    diagnostics = (*site.diagnostics, *clashes)
    stop_on_errors(diagnostics)  # --strict stops later, when all warnings are known
    with context.times.measure("plan"):
        templates = read_templates(context, inputs.site_files)
        plan = plan_outputs(context, loaded, templates, outputs, folder, context.store.outputs(folder.key))
        if (plan.stale or plan.orphans) and not options.dry_run:
            context.image_cache.keep({image.key for images in (site.variants, site.social_cards) for image in images})
    snapshot = take_snapshot(site, texts_in_feeds(outputs))
    opened_first = tuple(preview_pages(item.output for item in plan.stale))
    return BuildPlan(plan, diagnostics, snapshot, loaded, templates, opened_first)


def read_templates(context: BuildContext, site_files: SiteFiles) -> Templates:
    """Return name → text of every template; a name "theme/…" is the default theme's, also where the site has its own.

    Raises SiteError for templates that cannot be read, or that include others by a computed name.
    """
    texts = {}
    diagnostics: list[Diagnostic] = []
    for name, file in (*theme_templates(), *((file.path, file) for file in site_files.templates)):
        try:
            texts[name] = read_bytes(context.root, file).decode()
        except (OSError, UnicodeDecodeError):
            message = "the template cannot be read as UTF-8"
            diagnostics.append(error(Location(f"templates/{name}"), message, "save it in UTF-8", "encoding-invalid"))
    stop_on_errors([*diagnostics, *computed_names(texts)])
    return texts
