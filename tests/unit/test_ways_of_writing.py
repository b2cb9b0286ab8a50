"""Numbers, days and addresses as people of many countries type them, and what only looks like them."""

import pyarrow as pa
import pytest

from archive_tool.anonymize.texts.detectors import ADDRESSES, NUMBERS
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.text import Scrubber


@pytest.fixture(scope="module")
def scrubber():
    return Scrubber(Lookup.of({}))


def both_ways(scrubber, text):
    """A text alone, and in a column, where RE2 has a look at it first."""
    alone, (column, _) = scrubber.scrub(text), scrubber.column(pa.array([text]))
    assert column.to_pylist() == [alone]
    return alone


FOUND = {
    "URL": (
        "bit.ly/3xYz", "discord.gg/aBc", "youtu.be/dQw4", "lemonde.fr/une", "foo.wordpress.com",
        "foo.co.uk", "loja.com.br",
    ),
    "EMAIL": (
        "olly at gmail dot com", "olly @ gmail.com", "olly@ gmail.com", "olly[at]gmail[.]com",
        "olly (@) gmail.com", "kaethe (at) web (punkt) de", "ana arroba gmail punto com",
        "chiara chiocciola libero punto it", "asa snabel-a telia punkt se", "ola małpa wp kropka pl",
    ),
    "PHONE": (
        "20 12 34 56", "06 12 34 56 78", "0 6 1 2 3 4 5 6 7 8", "6 5 0 9 5 3 8 0 7 0", "612 345 678",
        "8(912)345-67-89", "0049 (0) 176 1234 5678", "212.555.0142 x12", "1-800-356-9377", "555 1234", "０９０−１２３４−５６７８", "090ー1234ー5678",
    ),
    "ADDRESS": (
        "10 Downing St", "4 Privet Dr", "27 Elm Grove", "55 west 42nd street", "Hauptstraße 7/3",
        "Bahnhofweg 5", "Marktplatz 3", "Keizersgracht 123", "Dorpsstraat 4a", "Storgatan 5",
        "Kungsvägen 12 B", "12 rue de la Paix", "12 rue de la paix", "15, boulevard Saint-Michel",
        "Calle Mayor 5", "C/ Mayor, 5", "Avenida de América 23", "Via Roma 10", "Piazza Garibaldi, 3",
        "Rua Augusta 100", "ul. Marszałkowska 10", "ulice Dlouhá 5", "Václavské náměstí 1",
        "Atatürk Caddesi No: 5", "İstiklal Cad. 12", "ул. Ленина, д. 5", "улица Пушкина 10",
        "شارع الملك فهد 12", "中关村大街27号", "渋谷区神南1-2-3", "강남구 테헤란로 123",
    ),
    "DATE": (
        "14-Mar-1998", "14 marca 1998", "14 Mart 1998", "14 марта 1998", "14 března 1998",
        "14 augusti 1998", "14 मार्च 1998", "14 مارس 1998",
    ),
    "IP": ("８４．１１５．２０．３",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("label", "text"), [(label, text) for label, texts in FOUND.items() for text in texts]
)
def test_found(scrubber, label, text):
    assert both_ways(scrubber, text) == f"[{label}]"
    assert both_ways(scrubber, f"so {text}, ok") == f"so [{label}], ok"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我的电话是13123456789，谢谢", "我的电话是[PHONE]，谢谢"),
        ("전화는01012345678입니다", "전화는[PHONE]입니다"),
        ("邮箱是xiaoming@qq.com谢谢", "邮箱是[EMAIL]谢谢"),
        ("小明明@公司.cn", "[EMAIL]"),
        ("联系@xiaoming吧", "联系[HANDLE]"),
        ("网址weibo.com/xm", "网址[URL]"),
        ("地址84.115.20.3然后5个", "地址[IP]然后5个"),
        ("卡号4111111111111111吧", "卡号[CARD]吧"),
        ("账号DE89370400440532013000吧", "账号[IBAN]吧"),
    ],
)
def test_what_is_glued_to_scripts_without_spaces_goes_and_they_stay(scrubber, text, left):
    assert both_ways(scrubber, text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my birthday is march 14", "my birthday is [DATE]"),
        ("my birthday's the 14th of March!", "my birthday's the [DATE]!"),
        ("on 14 march its my birthday", "on [DATE] its my birthday"),
        ("bday = 3/14", "bday = [DATE]"),
        ("3/14 is my birthday", "[DATE] is my birthday"),
        ("habe am 14. März Geburtstag", "habe am [DATE] Geburtstag"),
        ("mon anniversaire c'est le 14 mars", "mon anniversaire c'est le [DATE]"),
        ("mi cumple es el 14 de marzo", "mi cumple es el [DATE]"),
        ("день рождения 14 марта", "день рождения [DATE]"),
        ("生日是3月14日", "生日是[DATE]"),
        ("3月14日生まれです", "[DATE]生まれです"),
    ],
)
def test_a_day_without_a_year_goes_beside_a_birthday(scrubber, text, left):
    assert both_ways(scrubber, text) == left


@pytest.mark.parametrize(
    "talk",
    [
        # ratings, counts, amounts
        "1 2 3 4 5 6 7 8 9 10", "5 5 4 5 3 2 4 5", "4 8 15 16 23 42", "0 1 1 2 3 5 8 13 21",
        "i rated 85 70 60 90", "100 95 90 85", "0.532 0.611 1.498", "1000000 points", "83 72 64 91 55", "55.5 60.2 71.3", "100 200 300 400 500",
        "532 611 498 702 655", "€1.000.000", "1 000 000", "50 000 - 60 000", "1450-1500", "10000000円",
        # years, versions, books
        "1998-2003", "2019/2020", "chrome 118.0.5993.88", "ISBN 978-3-16-148410-0", "isbn 9783161484100",
        # days that are nobody's
        "session on 12 March", "in round 14 of march", "born in 1998 and 2 brothers", "생선 3월 4일",
        "the birthday scene was 7/10", "birthday in 3 days", "reborn 3/10",
        # no streets
        "Rückweg 20 Minuten", "Sitzplatz 4", "Platz 3", "unterwegs 5", "la calle tiene 3 casas",
        "il y a 3 rue", "via email 3 times", "3 Way split", "走了3步", "3 more street fights",
        # no addresses
        "he lost.he/she said", "nice.i like it", "yes.no.maybe", "meet @ noon.then go", "10 @ 5.50 each",
        "look at that dot it moves", "the point at which dot two moved", "and/or", "@all @everyone @here",
    ],
)  # fmt: skip
def test_what_only_looks_so_stays(scrubber, talk):
    assert both_ways(scrubber, talk) == talk


@pytest.mark.parametrize("text", ["a@x.org'me@x.org", "b@x.yu.@x.org", "'a@x.org'ü@x.org'"])
def test_an_address_glued_to_another_goes_too(scrubber, text):
    """The gate would find it, and refuse the archive."""
    assert "@" not in both_ways(scrubber, text)


def test_a_number_with_a_plus_is_one_after_a_comma_too(scrubber):
    assert both_ways(scrubber, "5,+49 170 1234567.192.0.2.1") == "5,[PHONE]"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("(see https://x.org/a_(b)?c=1).", "(see [URL])."),
        ("www.x.de, ok?", "[URL], ok?"),
        ("www.)", "[URL]"),
    ],
)
def test_what_ends_a_sentence_is_no_part_of_an_address(scrubber, text, left):
    assert both_ways(scrubber, text) == left


@pytest.mark.parametrize(
    "part",
    ["1 A ", "a@b.", "www.", "a王", "가", "a at b dot ", "5 main ", "Via A ", "born 3 ", "1.", "3月", "rue "],
)  # fmt: skip
def test_a_long_hostile_text_is_no_trap_for_any_pattern(part):
    for one in (*ADDRESSES, *NUMBERS):
        text = part * (20_000 // len(part))
        one.quick.search(text)
        list(one.find(text))
