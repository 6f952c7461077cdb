"""Invented Chinese prose that reads like deeds and reports, and repeats itself as little as real prose does.

Every sentence is put together from a time, a place, an action, counts and a result, so that two texts share
words but no passages: checks for near-identical wording must stay silent on them.
"""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ACTIONS = _words(
    """
    上门为行动不便的老人办理委托手续 给外来务工人员逐条讲解劳动合同 帮村民小组核对土地承包底册
    陪当事人到窗口递交立案材料 把常见问答印成小册子送到田头 为小微企业排查应收账款风险
    替残疾人整理工伤认定的证据 在集市支起桌子接受咨询 组织青年律师旁听调解全过程
    与司法所干警一起走访邻里 帮社区修订居民公约 为返乡创业者审查加盟协议
    向中学生讲述网络购物的陷阱 协助村委会清理过期合同 给养殖户解释保险理赔的步骤
    为夜班工人开设晚间接待点 陪信访人查阅当年的批复 把历年判例编成方言顺口溜
    为合作社起草分红办法 在渡口码头宣讲船员权益 替留守妇女追讨拖欠的抚养费
    帮果农同收购商重新议定价款 给新任村干部上第一堂合同课 为拆迁户逐项核算补偿
    到敬老院帮老人写下遗嘱 给建筑工地的班组长讲清分包责任 为失地农民办理社保接续
    劝和一起多年不来往的兄弟 为菜市场摊主调解摊位之争 帮退役军人审查安置协议
    把党员承诺贴在接待室墙上逐条销号 请群众代表当面评议服务 开设党员先锋岗并公布电话
    组织支部成员重温入党誓词 邀请老党员讲述办案往事 与村党支部结成学习对子
    每周三晚集中学习一个专题 给新入职同事指定党员导师 用情景剧演示庭审程序
    在所务会上通报承诺兑现情况 设立意见箱并逐条答复 把支部活动搬进社区院落
    为民办学校梳理招生合同 给物业与业主牵线对话 协助清点倒闭工厂的工资账
    为渔民解释休渔补贴的规定 代写申请材料不收分文 替聋哑当事人请来手语老师
    陪老人去银行核实被骗款项 给外卖骑手算清事故赔偿 为乡村教师追回被扣津贴
    帮茶农登记地理标志 在边远小学讲交通安全 为林权纠纷双方绘制界址草图
    请测绘员到山上重新打桩 为供水纠纷查找三十年前的协议 帮侨眷确认祖屋份额
    为进城子女办妥入学证明 给孤儿指定监护的事跑了多趟 替病中当事人到医院做笔录
    为企业转型升级做法律体检 给专利权人整理侵权线索 协助园区制订用工指引
    为招商项目把住合同关口 帮老字号追查冒牌货 给出口厂家讲解信用证条款
    参与打假行动提供法律意见 为受害商户汇总欺行霸市线索 劝经营者签署诚信公约
    给执法队员讲证据固定 为举报人保守姓名 协助市场方清理霸王条款
    在接访室值守并当场释疑 为积案当事人设计分期方案 劝上访老户回到诉讼程序
    请人民陪审员一同上门 把矛盾台账逐户更新 与派出所联合调处打架赔偿
    给困难家庭垫付鉴定费用 为山区孩子募集课外书 带头认领结对帮扶户
    向灾后村庄送去保险指引 参加义务献血并带动同事 为社区图书角捐出旧书
    组成巡回小组沿江走访 把咨询记录整理成问题清单 为每个村配一名联络律师
    给调解员批改协议文本 用录音帮文盲当事人理解判决 为跨省务工者远程连线
    替家政人员讨回押金 为校园欺凌受害人争取心理辅导 给车祸家属讲解赔偿项目
    为老小区加装电梯协调各户 帮业委会审计公共收益 为噪声扰民约定作息时间
    把支部会议记录公开供查 与兄弟支部互评案卷 请离退休法官点评文书
    逐案填写回访卡 建立疑难案件会商制度 给实习人员逐份批改答辩状
    为村居法律顾问编写交接手册 把值班表贴到每个宣传栏 用地图标出尚未覆盖的村
    为贫困学生联系助学岗位 陪同志愿者夜巡江堤 给高温作业工人发放权益卡
    """
)

_RESULTS = _words(
    """
    当事人握手言和 双方当场签了协议 拖了多年的结终于解开 村里专门送来锦旗 乡亲们说话算数了
    欠款分三期全部到账 没有一户再去上访 工人领到钱后回家过年 老人安心住进新屋 孩子按时入了学
    厂方主动补签合同 摊主们重新摆起了摊 村账从此按月公布 邻居又能串门了 合作社分红提前兑现
    群众评议给了满分 同事们跟着报名值班 年轻律师学到了办法 社区把做法写进公约 司法所请他再讲一课
    对方当庭表示服判 案子一次就立上了 漏掉的工伤补办下来 山界从此有了图纸 用水轮次张榜公布
    押金原数退回 假货摊点关了门 企业避开一笔坏账 合同文本从此统一 值班点成了固定去处
    记录本写满后换了新册 电话一直有人接听 来访的人少了一半 好做法在邻镇推开 支部的承诺逐条兑现
    评议意见全部答复 学习笔记在支部传看 案卷抽查没有退件 回访时家属都很平静 困难户添了新的收入
    界桩至今没有挪动 协议履行没有反复 园区请支部常驻 学校每学期都来相约 码头上立起了公示牌
    双方写下感谢的话 当事人后来也做了志愿者 村民自己学会了留证据 老板娘逢人便说公道 渔船按时出了海
    外地同乡也打来电话 补贴足额发放到户 旧账一笔一笔销清 鉴定结论双方都认 巡回小组多跑了一条线
    调解员能独立写协议了 居民会议一次通过 加装方案各户签字 公共收益补回账上 作息约定大家遵守
    """
)

_COUNTS = _words(
    """
    走访{}户 接待来访{}人次 解答咨询{}人次 审查合同{}份 代写文书{}件 调解纠纷{}起 办理援助案件{}件
    讲课{}场 发放资料{}册 挽回损失{}元 追回工资{}元 回访当事人{}人 提出意见{}条 参加值班{}次
    修订章程{}处 化解积案{}件 联系企业{}家 服务职工{}人 结对农户{}户 录入台账{}条 开庭{}次 阅卷{}册
    往返路程{}公里 加班{}小时 召开座谈会{}次 培训调解员{}名 听众{}人 整改问题{}项 捐款{}元 拨打电话{}个
    """
)

_PLACES = _words(
    """
    示例镇第{}村 示例街道第{}社区 示例乡第{}组 示例工业园第{}厂区 示例路{}号大院 示例山第{}林班
    示例河{}号渡口 示例农场第{}队 示例圩第{}排档口 示例小学第{}分校 示例工地第{}标段 示例园区{}号楼
    """
)

_LINKS = _words("先后 多次 带队 牵头 主动 抽空 连夜 独自 冒雨 坚持 利用休息日 受支部委派")

_AWARDERS = _words(
    "示例市律师协会 示例区司法局 示例镇人民政府 示例市总工会 示例街道党工委 示例市志愿者联合会"
)
_AWARDS = _words(
    "优秀党务工作者 先进基层党组织 法律援助先进个人 优秀律师 优秀志愿者 人民调解能手 学习标兵 岗位能手"
)

_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """``number`` (0 to 9999) as it is written in prose: 347 gives 三百四十七."""
    if number < 10:
        return _DIGITS[number]
    text, pending = "", False
    for value, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // value % 10
        if digit:
            text += ("零" if pending and text else "") + _DIGITS[digit] + word
            pending = False
        else:
            pending = bool(text)
    return text.removeprefix("一") if 10 <= number < 20 else text


def _number(random: Random) -> str:
    value = int(3 + 900 * random.random() ** 2)
    return numeral(value) if random.random() < 0.6 else str(value)


def sentence(random: Random) -> str:
    """One sentence of about fifty characters, ending in a full stop."""
    pick = random.choice
    month = 4 + int(random.random() * 28)
    when = f"{2010 + month // 12}年{month % 12 + 1}月{pick(('', '上旬', '中旬', '下旬'))}"
    place = pick(_PLACES).format(_number(random))
    first, second = random.sample(_COUNTS, 2)
    counts = f"{first.format(_number(random))}、{second.format(_number(random))}"
    return f"{when}，{pick(_LINKS)}在{place}{pick(_ACTIONS)}，{counts}，{pick(_RESULTS)}。"


def paragraphs(random: Random, characters: int, start: str) -> list[str]:
    """Paragraphs of about ``characters`` in all; the first begins with ``start``."""
    written = [start]
    length = len(start)
    while length < characters:
        text = sentence(random)
        if len(written[-1]) > 260:
            written.append(text)
        else:
            written[-1] += text
        length += len(text)
    return written


def awards(random: Random, number: int, since: int) -> list[str]:
    """``number`` awards given between the year after ``since`` and 2012, the newest first."""
    months = sorted((int(random.random() * (2012 - since) * 12) for _ in range(number)), reverse=True)
    return [
        f"{since + 1 + month // 12}年{month % 12 // 2 + 1}月，被{random.choice(_AWARDERS)}评为"
        f"{since + month // 12}年度{random.choice(_AWARDS)}"
        for month in months
    ]
