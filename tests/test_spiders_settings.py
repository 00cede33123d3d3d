"""The settings in force in every crawl: Scrapy's open doors are shut, and what would act behind our back is off."""

import pytest
from scrapy.crawler import Crawler
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings

from monitor import settings
from monitor.dial import GuardedReactor, Lookups
from spiders.feed import Feed
from spiders.handler import CuttableHandler
from spiders.news import NewsSpider
from spiders.run import scrapy_settings

OFF = """
    TELNETCONSOLE_ENABLED REMOTE_CONTROL_ENABLED COOKIES_ENABLED REFERER_ENABLED HTTPPROXY_ENABLED METAREFRESH_ENABLED
    REDIRECT_ENABLED RETRY_ENABLED ROBOTSTXT_OBEY COMPRESSION_ENABLED HTTPCACHE_ENABLED AUTOTHROTTLE_ENABLED
    MEMUSAGE_ENABLED
"""


@pytest.fixture(params=["service", "command line"])
def in_force(request, monkeypatch):
    if request.param == "service":
        return scrapy_settings()
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "monitor.settings")
    return get_project_settings()


@pytest.mark.parametrize("name", OFF.split())
def test_what_must_be_off_is_off(in_force, name):
    assert in_force.getbool(name) is False


def test_only_http_and_https_have_a_handler_and_both_are_ours(in_force):
    handlers = in_force.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    assert set(handlers) == {"http", "https", "file", "data", "ftp", "s3"}
    assert load_object(handlers["http"]) is load_object(handlers["https"]) is CuttableHandler


def test_the_door_is_the_guarded_reactor(in_force):
    assert load_object(in_force["TWISTED_REACTOR"]) is GuardedReactor
    assert load_object(in_force["TWISTED_DNS_RESOLVER"]) is Lookups


def test_certificates_are_verified_and_half_a_body_is_none(in_force):
    assert in_force.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert in_force.getbool("DOWNLOAD_FAIL_ON_DATALOSS")


def test_bytes_and_time_are_bounded(in_force):
    assert in_force.getint("DOWNLOAD_MAXSIZE") == 16 * 1024 * 1024
    assert in_force.getint("DOWNLOAD_TIMEOUT") == 30
    assert in_force.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert in_force.getfloat("DOWNLOAD_DELAY") == 0
    assert in_force.getint("CONCURRENT_ITEMS") == 1


def test_a_spider_cannot_loosen_them():
    for spider in (NewsSpider, Feed):
        assert not spider.custom_settings
        assert not any(
            hasattr(spider, name) for name in ("handle_httpstatus_list", "download_delay", "download_timeout")
        )


async def test_nothing_but_these_components_takes_part_in_a_crawl():
    """Whatever Scrapy adds to a crawl in a later version shows here first."""
    crawler = Crawler(NewsSpider, scrapy_settings())
    crawler._apply_settings()
    extensions = {type(extension).__name__ for extension in crawler.extensions.middlewares}
    assert extensions == {"CoreStats", "LogCount"}
    crawler.spider = crawler._create_spider(desk=object())
    engine = crawler._create_engine()
    try:
        inside = {type(each).__name__ for each in engine.downloader.middleware.middlewares}
        assert inside == {"DownloadTimeoutMiddleware", "DownloaderStats"}
    finally:
        engine.downloader.close()


def test_the_exported_fields_of_a_page_leave_its_body_out():
    assert "body" not in settings.FEED_EXPORT_FIELDS
