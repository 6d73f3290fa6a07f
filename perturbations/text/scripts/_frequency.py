"""How often hanzi are written, roughly: so that a slip of the input method is one that people make.

Why our own: only the order of the most frequent characters matters here; it is written down from general knowledge
of modern Chinese, not counted. Traditional text has its own pairs of one sound that are variants, not errors.
"""

from functools import cache
from itertools import accumulate

_RANKED = """
的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然
家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把
机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果
加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔
更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展
马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共
确传师观清今切院让识候带导争运笔请吧吗呢啊哪谁
呀叫找快早晚坐站跟爱吃喝买卖钱钟喜欢哥姐弟妹妈爸孩学校班课作业本字词句音乐歌舞唱
转火广台元价格报纸视频网络照片始终往近远半每收车件离息亲失连续服务办亮单乎转根据字师备红改百六流计土言华收号
往府称太准精值号维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参
红细引听该铁价严首底液官德调随病苏失尔死讲配女黄推显谈罪神艺呢席含企望密批营项防举球英氧势告李台落木帮轮破亚
师围注远字材排供河态封另施减树溶怎止案言士均武固叶鱼波视仅费紧爱左章早朝害续轻服试食充兵源判护司足某练差致板
田降黑犯负击范继兴似余坚曲输修故城夫够送笔船占右财吃富春职觉汉画功巴跟虽杂飞检吸助升阳互初创抗考投坏策古径换
未跑留钢曾端责站简述钱副尽帝射草冲承独令限阿宣环双请超微让控州良轴找否纪益依优顶础载倒房突坐粉敌略客袁冷胜绝
析块剂测丝协诉念陈仍罗盐友洋错苦夜刑移频逐靠混母短皮终聚汽村云哪既距卫停烈央察烧迅境若印洲刻括激孔搞甚室待核
校散侵吧甲游久菜味旧模湖货损预阻毫普稳乙妈植息扩银语挥酒守拿序纸医缺雨吗针刘啊急唱误训愿审附获茶鲜粮斤孩脱硫
肥善龙演父渐血欢械掌歌沙刚攻谓盾讨晚粒乱燃矛乎杀药宁鲁贵钟煤读班伯香介迫句丰培握兰担弦蛋沉假穿执答乐谁顺烟缩
征脸喜松脚困异免背星福买染井概慢怕磁倍祖皇促静补评翻肉践尼衣宽扬棉希伤操垂秋宜氢套督振架亮末宪庆编牛触映雷销
诗座居抓裂胞呼娘景威绿晶厚盟衡鸡孙延危胶屋乡临陆顾掉呀灯岁措束耐剧玉赵跳哥季课凯胡额款绍卷齐伟蒸殖永宗苗川炉
岩弱零杨奏沿露杆探滑镇饭浓航怀赶库夺伊灵税途灭赛归召鼓播盘裁险康唯录菌纯借糖盖横符私努堂域枪润幅哈竟熟虫泽脑
壤碳欧遍侧寨敢彻虑斜薄庭纳弹饲伸折麦湿暗荷瓦塞床筑恶户访塔奇透梁刀旋迹卡氯遇份毒泥退洗摆灰彩卖耗夏择忙铜献硬
予繁圈雪函亦抽篇阵阴丁尺追堆雄迎泛爸楼避谋吨野猪旗累偏典馆索秦脂潮爷豆忽托惊塑遗愈朱替纤粗倾尚痛楚谢奋购磨君
池旁碎骨监捕弟暴割贯殊释词亡壁顿宝午尘闻揭炮残冬桥妇警综招吴付浮遭徐您摇谷赞箱隔订男吹园纷唐败宋玻巨耕坦荣闭
湾键凡驻锅救恩剥凝碱齿截炼麻纺禁废盛版缓净睛昌婚涉筒嘴插岸朗庄街藏姑贸腐奴啦惯乘伙恢匀纱扎辩耳彪臣亿璃抵脉秀
萨俄网舞店喷纵寸汗挂洪贺闪柬爆烯津稻墙软勇像滚厘蒙芳肯坡柱荡腿仪旅尾轧冰贡登黎削钻勒逃障氨郭峰币港伏轨亩毕擦
莫刺浪秘援株健售股岛甘泡睡童铸汤阀休汇舍牧绕炸哲磷绩朋淡尖启陷柴呈徒颜泪稍忘泵蓝拖洞授镜辛壮锋贫虚弯摩泰幼廷
尊窗纲弄隶疑氏宫姐震瑞怪尤琴循描膜违夹腰缘珠穷森枝竹沟催绳忆邦剩幸浆栏拥牙贮礼滤钠纹罢拍咱喊袖埃勤罚焦潜伍墨
欲缝姓刊饱仿奖铝鬼丽跨默挖链扫喝袋炭污幕诸弧励梅奶洁灾舟鉴苯讼抱毁懂寒智埔寄届跃渡挑丹艰贝碰拔爹戴码梦芽熔赤
渔哭敬颗奔铅仲虎稀妹乏珍申桌遵允隆螺仓魏锐晓氮兼隐碍赫拨忠肃缸牵抢博巧壳兄杜讯诚碧祥柯页巡矩悲灌龄伦票寻桂铺
"""
"""The most frequent characters, the most frequent first; what stands twice counts where it stands first."""
_HEAD = 50
"""A weight is one over this and the rank, so that the first few do not drown the others."""
_FREQUENT = 800
"""Characters of the list that a slip brings before it takes a rarer one of a nearer sound."""
_RARE = 1 / 20_000
"""Weight of a character that is not on the list."""

_VARIANTS = """
佔占 佈布 並并 併并 係系 兇凶 剋克 卹恤 佛彿 昇升 屍尸 洩泄 盃杯 倖幸 託托 迴回 隻只 鬥斗 唸念 彫雕 捲卷 掛挂 採采 捨舍 絃弦 修脩
釦扣 傢家 傑杰 喫吃 幾几 湧涌 痠酸 睏困 註注 週周 雲云 傭佣 幹干 準准 綑捆 裡里 裏里 誇夸 遊游 鉅巨 僱雇 劃划 槓杠 榦干 彩綵 臺台 檯台
颱台 製制 誌志 挽輓 閤合 麼么 慾欲 撲扑 樑梁 穀谷 範范 緻致 蔔卜 醃腌 颳刮 餘余 樸朴 禦御 築筑 諮咨 錶表 餚肴 嶽岳 薑姜 溪谿 醜丑 闆板
餵喂 嚮向 瀋沈 癒愈 薦荐 蟲虫 豐丰 鬆松 鞦秋 嚥咽 壞坏 癡痴 矇蒙 濛蒙 繫系 願愿 鬍胡 孃娘 癥症 鹹咸 麵面 齣出 闢辟 聽听 巖岩 曬晒
纔才 黴霉 韆千 鬱郁 籲吁 後后 瞭了 乾干 復复 複复 衝冲 髮发 於于 隱隐
"""
"""Traditional characters whose simplified form is an ordinary character of traditional text as well."""
_USUAL_IN_BIG5 = range(0xA4, 0xC7)
"""First bytes of the 5401 frequently used characters of Big5."""


@cache
def _weights() -> dict[str, float]:
    ranked = dict.fromkeys("".join(_RANKED.split()))
    return {one: 1 / (_HEAD + rank) for rank, one in enumerate(ranked)}


def frequent(character: str) -> bool:
    """Tell whether a character is one of the most frequent."""
    return _weights().get(character, 0.0) > 1 / (_HEAD + _FREQUENT)


def upto(characters: str) -> tuple[float, ...]:
    """Return the sum of the weights of the characters up to each of them, the last of them 1.

    >>> again, plant = upto("再栽")
    >>> again > 0.9
    True
    """
    weights = [_weights().get(one, _RARE) for one in characters]
    total = sum(weights)
    return tuple(accumulate(weight / total for weight in weights))


@cache
def is_traditional(character: str) -> bool:
    """Tell whether a character is of Big5 and not of GB 2312, which has no traditional ones."""
    return not _bytes(character, "gb2312") and bool(_bytes(character, "big5"))


def of_traditional(hanzi: str, partners: str) -> str:
    """Return the partners that traditional text writes as they are, without other forms of the character itself."""
    same = _same(hanzi)
    return "".join(one for one in partners if _is_usual(one) and one not in same)


@cache
def _is_usual(character: str) -> bool:
    written = _bytes(character, "big5")
    return len(written) > 1 and written[0] in _USUAL_IN_BIG5


@cache
def _same(hanzi: str) -> str:
    return "".join(pair.replace(hanzi, "") for pair in _VARIANTS.split() if hanzi in pair)


def _bytes(character: str, encoding: str) -> bytes:
    """Return a character in an old encoding; nothing, if it has no place there."""
    return character.encode(encoding, errors="ignore")
