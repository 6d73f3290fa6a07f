"""Hanzi of like shape, in groups: our own, a user's, or those of pycorrector where it is installed."""

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from perturbations.errors import BadSetting, MissingExtra, explain
from perturbations.text.scripts._script import Exchange, groups_to_options

OWN = "own"
_PYCORRECTOR = "pycorrector"

_OWN = """
己已巳 未末 土士 日曰 人入八 大太犬 天夭 千干于 午牛 王玉主 木本 目自 田由甲申 刀力 儿几 九丸 万方 厂广 上止 工土
又叉 免兔 鸟乌 戊戌戍 晴睛 侯候 拔拨 辨辩辫瓣 壁璧 燥躁噪澡 博搏 暮幕墓慕 篮蓝 历厉 折拆 析折 住往 注住柱 很狠恨 没设
话活 抢枪 抱饱泡炮跑袍 清情请 洋样 村材 休体 治冶 冷泠 准淮 谁准 推堆 唯惟维 汗汁 泪汨 贝见 贪贫 货贷 员贡 官宫
宣宜 它宅 令今 全金 合含 会合 各名 右石 古右 占古 呆杏 杳查 束柬 棘辣 赖懒 栗粟 失矢 央史 史吏 使便
买卖 头买 爪瓜 狐孤弧 斤斥 诉拆 兵乒乓 氏民 低底抵 代伐 戈弋 或惑 我找 划刘 利刮 刻刹 到倒 则侧测 功切 劝功
现规 亨享 哀衰衷 复夏 奕弈 恋弯 交文 校较 那哪 邮郎 朗郎 即既 仰抑 忙忘 性姓 怕伯 拍柏 恰洽 给拾 拾抬
捡检 脸验险 牧枚 收改 放故 级极 及乃 奶仍 扔仍 孕孚 学字 子了 予矛 预须 领顺 顶项顷 颗棵 课裸 题堤 早旱
但担 且旦 组租 祖阻 祝视 兄况 克兄 竞竟 境镜 章童 辛幸 亲新 近进 远运 送达 逃挑桃跳 退追 追迫 逐遂 遣遗
峰锋蜂 连莲 还坏 环怀 坏怀杯 外处 夜液 直真 真具 值植殖 置罢 罚罪 典曲 农衣 依侬 初切 被披 波坡破 径经轻 丈文
徒徙陡 微徽 街衔 御卸 竖坚 贤坚 盆盒 盲育 肖消削 捎稍梢悄 暖缓援 爱受 浮俘 彩采菜 番审 奋备 略格 络格 容客 穷究
突空 竿竽 毫豪 毛手 看着 差着 养美 羊半 伴胖 判叛畔 抹沫 味昧妹 映快 快块 缺诀 陕峡狭 央英 秧殃 苗描猫 苦若
慌谎 茫荒 茶荼 余徐除 涂途 床庆 庄压 灰灾 淡谈 烧浇绕晓饶 练炼拣 冻栋 东车 浑挥 转传砖 轮论伦沦抡 仓苍沧舱 句旬 询殉 匀勺
均钧 约钓钩 的约 气乞 亿忆艺 畏喂 辰展 唇辱 振震晨 霞霜露 雷需 哈恰 喝渴 历厅 厅斤 力办 为办 书节 吴昊 哭笑
因困囚 团困 园圆 国围 洒酒 洗冼 冰泳 江红 河何 波披 法洁 浪狼 娘狼粮 鸡鸣 鸭鸦 弟第 弱羽 强弹 张胀涨帐 妈码玛骂
把爬吧 爸爷 爹爷 到致 蜜密 密蜡 熊能 态熊
"""
"""Groups that teachers of writing warn of, and pairs that differ by a stroke or a part; written for this project."""


@cache
def shapes(table: str) -> Exchange:
    """Return what each character of a table may be taken for.

    Raises:
        BadSetting: the table is a file that cannot be read, or has a line of fewer than two characters.
        MissingExtra: the table is that of pycorrector, and it is not installed.
    """
    if table == OWN:
        return Exchange.of(groups_to_options(_OWN.split()))
    path = _pycorrector() if table == _PYCORRECTOR else Path(table)
    return Exchange.of(groups_to_options(list(_groups(path))))


def _pycorrector() -> Path:
    """Return the table of pycorrector without importing it, since that loads torch."""
    found = importlib.util.find_spec(_PYCORRECTOR)
    if found is None or not found.submodule_search_locations:
        raise MissingExtra(
            "pycorrector is needed for its table of look-alikes and is not installed\n"
            "  install it with: pip install pycorrector"
        )
    return Path(found.submodule_search_locations[0]) / "data" / "same_stroke.txt"


def _groups(path: Path) -> Iterator[str]:
    expected = (
        f"'{OWN}', '{_PYCORRECTOR}' or the path of a file with a group of characters per line"
    )
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise BadSetting(explain(expected, "table", str(path), str(error))) from error
    for number, line in enumerate(lines, 1):
        group = "".join(dict.fromkeys("".join(line.split())))
        if not group or line.startswith("#"):
            continue
        if len(group) == 1:
            hint = f"line {number} has only one character"
            raise BadSetting(explain(expected, "table", str(path), hint))
        yield group
