"""What stewards write: made of what is seen in lanes, different every time."""

from __future__ import annotations

import random

SEEN = """
井台边的桶满了|袋子摞了三层|野猫扒得一地都是|一楼楼道有股煤气味|巷口两个人吵起来了|路灯又不亮了
井盖裂成两半|黑水从缝里往外冒|三轮车横在巷口|人都过不去|楼梯口拉了一根线下来充电|插线板摸着烫手
快递箱堆到二楼|消防栓前停了车|电杆上贴了一排小广告|冷柜整夜嗡嗡响|墙皮一碰就掉|阿伯说睡不着
瓷砖鼓出来了|掉下来要砸人|树枝压着电线|下水道堵了两天|一下雨就倒灌|门口积水没过脚面|铁皮棚占了半条路
灭火器指针到红区了|后门被床板顶住|有人自称燃气公司的|要进门换管子|狗没拴绳|小孩踩着玩|老人绕着走
已经打过电话|说下午来看|明天再去一趟|我先用绳子围起来了|拍了照片|邻居帮着搬开了|物业说不归他们管
晾衣服滴水|两家又说起来|劝了一会儿都散了|车棚插座坏了两个|雨棚漏了|栏杆松了|台阶缺了一角|砖头翘着
""".replace("\n", "|")
PIECES = [piece for piece in SEEN.split("|") if piece]
WHERE = "东南西北前后左右上下一二三四五六七八九十"
COMMON = "的一是在不了有和人这中大为上个来到说们时要就出会可也你对生能而子那得"


def told(chance: random.Random, length: int) -> str:
    """Words of about so many characters; some of them belong to this place and day alone."""
    text = ""
    while len(text) < length:
        own = "".join(chance.choices(COMMON, k=3))
        text += f"{chance.choice(PIECES)}，{chance.choice(WHERE)}{own}{chance.randint(1, 60)}号。"
    return text[:length]
